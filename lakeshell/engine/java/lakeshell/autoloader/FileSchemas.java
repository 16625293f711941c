package lakeshell.autoloader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The schemas that files carry in their headers or footers, read here on the driver. */
final class FileSchemas {
  // Most of the time goes into waiting, for a disk or for the cloud.
  private static final int AT_ONCE = 16;

  private final Map<StructType, List<FoundFile>> groups = new LinkedHashMap<>();

  /** Reads a file's schema; null when it has neither columns nor rows. */
  interface Reader {
    StructType read(FoundFile file) throws IOException;
  }

  /**
   * Files without a byte have no schema and no rows, and are left out; so are missing and broken
   * ones where the options say so. Raises CANNOT_READ_FILE_FOOTER.
   */
  static FileSchemas of(Reading reading, List<FoundFile> files, Reader reader) {
    FileSchemas found = new FileSchemas();
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(AT_ONCE, files.size())));
    try {
      Map<FoundFile, Future<StructType>> schemas = new LinkedHashMap<>();
      for (FoundFile file : files) {
        if (file.size() > 0) {
          schemas.put(file, threads.submit(() -> reader.read(file)));
        }
      }
      for (var one : schemas.entrySet()) {
        found.add(reading, one.getKey(), one.getValue());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new CloudFilesException("CF_STOPPED", "The stream was stopped.", stopped);
    } finally {
      threads.shutdownNow();
    }
    return found;
  }

  private void add(Reading reading, FoundFile file, Future<StructType> schema)
      throws InterruptedException {
    try {
      StructType own = schema.get();
      if (own != null) {
        groups.computeIfAbsent(plain(own), key -> new ArrayList<>()).add(file);
      }
    } catch (ExecutionException failed) {
      boolean gone = failed.getCause() instanceof FileNotFoundException;
      if (!passesOver(reading, gone ? "ignoreMissingFiles" : "ignoreCorruptFiles")) {
        throw gone ? missing(file, failed) : unreadable(reading, file, failed);
      }
    }
  }

  private static boolean passesOver(Reading reading, String option) {
    String setting = reading.session().conf().get("spark.sql.files." + option, "false");
    return Boolean.parseBoolean(reading.options().reader(option, setting));
  }

  private static CloudFilesException missing(FoundFile file, ExecutionException failed) {
    return new CloudFilesException(
        "CF_FILE_NOT_FOUND",
        "The file " + CurrentFile.shown(file.path()) + " was to be loaded and is gone. Set the "
            + "option ignoreMissingFiles to true to pass over such files.",
        failed.getCause());
  }

  private static CloudFilesException unreadable(
      Reading reading, FoundFile file, ExecutionException failed) {
    return failed.getCause() instanceof CloudFilesException worded
        ? worded
        : new CloudFilesException(
            "CANNOT_READ_FILE_FOOTER",
            "The file " + CurrentFile.shown(file.path()) + " cannot be read as "
                + reading.options().format() + ". Set the option ignoreCorruptFiles to true to "
                + "pass over such files.",
            failed.getCause());
  }

  /** The files by their schemas, in the order in which they were given. */
  Map<StructType, List<FoundFile>> groups() {
    return groups;
  }

  /** The fields of all files; where types contradict one another, the oldest file's. */
  StructType merged() {
    return groups.keySet().stream().reduce(new StructType(), Widening::merged);
  }

  /** Names and types alone: neither comments nor what may be null divide files. */
  private static StructType plain(StructType schema) {
    StructType plain = new StructType();
    for (StructField field : schema.asNullable().fields()) {
      plain = plain.add(field.name(), field.dataType());
    }
    return plain;
  }
}
