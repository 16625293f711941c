package lakeshell.autoloader;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * A file of the source folder.
 *
 * @param path qualified, as Hadoop writes it
 * @param size in bytes
 * @param modified milliseconds since 1970
 */
record FoundFile(String path, long size, long modified) {
  private static final long BLOCK = 128L << 20;

  FileStatus status() {
    return new FileStatus(size, false, 1, BLOCK, modified, new Path(path));
  }
}
