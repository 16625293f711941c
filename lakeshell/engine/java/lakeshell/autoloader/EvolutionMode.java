package lakeshell.autoloader;

import java.util.Arrays;
import java.util.stream.Collectors;

/** cloudFiles.schemaEvolutionMode: what becomes of fields that the schema does not know. */
enum EvolutionMode {
  /** The schema is widened, and the stream fails once; its next start reads the fields. */
  ADD_NEW_COLUMNS("addNewColumns"),
  /** They go to the rescued data column. */
  RESCUE("rescue"),
  /** The stream fails, and its next start does, too. */
  FAIL_ON_NEW_COLUMNS("failOnNewColumns"),
  /** They are passed over, or rescued where there is a rescued data column. */
  NONE("none");

  final String word;

  EvolutionMode(String word) {
    this.word = word;
  }

  /** Whether an unknown field ends the stream. */
  boolean stops() {
    return this == ADD_NEW_COLUMNS || this == FAIL_ON_NEW_COLUMNS;
  }

  static EvolutionMode of(String text) {
    for (EvolutionMode mode : values()) {
      if (mode.word.equalsIgnoreCase(text)) {
        return mode;
      }
    }
    String words = Arrays.stream(values()).map(mode -> mode.word).collect(Collectors.joining(", "));
    throw new CloudFilesException(
        "CF_INVALID_SCHEMA_EVOLUTION_MODE",
        "cloudFiles.schemaEvolutionMode must be one of " + words + ", not '" + text + "'.");
  }
}
