package lakeshell.autoloader;

import java.util.Collection;

/**
 * Files have fields that the schema does not know, and the mode says that the stream shall end.
 * When `retryable`, the widened schema lies in the schema location already.
 */
final class UnknownFieldException extends CloudFilesException {
  private static final String CLASS = "UNKNOWN_FIELD_EXCEPTION.";

  private UnknownFieldException(String kind, Collection<String> fields, boolean retryable) {
    super(
        CLASS + kind,
        "Encountered unknown fields during parsing: ["
            + String.join(", ", fields)
            + "], which can be fixed by an automatic retry: "
            + retryable);
  }

  /** Found in a header or footer. */
  static UnknownFieldException inFile(Collection<String> fields, boolean retryable) {
    return new UnknownFieldException("NEW_FIELDS_IN_FILE", fields, retryable);
  }

  /** Found in a record while the batch runs. */
  static UnknownFieldException inRecord(Collection<String> fields, boolean retryable) {
    return new UnknownFieldException("NEW_FIELDS_IN_RECORD_WITH_FILE_PATH", fields, retryable);
  }
}
