package lakeshell.autoloader;

import org.apache.spark.paths.SparkPath;
import org.apache.spark.rdd.InputFileBlockHolder;

/** The file that this task reads at the moment. */
final class CurrentFile {
  /** How rescued data names it. */
  static final String FIELD = "_file_path";

  private static final String LAKE = "viewfs://lake/";

  private CurrentFile() {}

  /** Its path as the user knows it: `/mnt/x`, not by the mount table's own name. */
  static String path() {
    String url = InputFileBlockHolder.getInputFilePath().toString();
    return shown(SparkPath.fromUrlString(url).toPath().toString());
  }

  static String shown(String path) {
    return path.startsWith(LAKE) ? path.substring(LAKE.length() - 1) : path;
  }
}
