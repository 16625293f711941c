package lakeshell.autoloader;

import java.io.IOException;
import java.time.ZoneId;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import org.apache.spark.unsafe.types.UTF8String;

/** Which files count: by name (pathGlobFilter) and by time (modifiedAfter, modifiedBefore). */
final class FileFilter {
  private final GlobFilter name;
  private final long after;
  private final long before;

  /** Times without a zone are those of `zone`. */
  FileFilter(CloudFilesOptions options, ZoneId zone) throws IOException {
    String pattern = options.fileNamePattern();
    name = pattern == null ? null : new GlobFilter(pattern);
    after = milliseconds(options, "modifiedAfter", Long.MIN_VALUE, zone);
    before = milliseconds(options, "modifiedBefore", Long.MAX_VALUE, zone);
  }

  boolean accepts(FoundFile file) {
    return file.modified() > after
        && file.modified() < before
        && (name == null || name.accept(new Path(file.path())));
  }

  /** Names that Spark leaves out, and files that are to be renamed when they are whole. */
  static boolean hidden(String name) {
    return (name.startsWith("_") && !name.contains("="))
        || name.startsWith(".")
        || name.endsWith("._COPYING_")
        || name.endsWith(".tmp");
  }

  private static long milliseconds(
      CloudFilesOptions options, String option, long otherwise, ZoneId zone) {
    String text = options.reader(option, null);
    if (text == null) {
      return otherwise;
    }
    var micros = DateTimeUtils.stringToTimestamp(UTF8String.fromString(text), zone);
    if (micros.isEmpty()) {
      throw new CloudFilesException(
          "CF_INVALID_OPTION_VALUE",
          option + " must be a time as 2024-06-01T13:00:00, not '" + text + "'.");
    }
    return (Long) micros.get() / 1000;
  }
}
