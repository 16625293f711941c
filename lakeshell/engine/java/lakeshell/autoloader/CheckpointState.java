package lakeshell.autoloader;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What Spark's own logs in a checkpoint say: `offsets/<n>` is planned, `commits/<n>` has run. */
final class CheckpointState {
  private CheckpointState() {}

  /**
   * Whether the batch that was planned last has run. Spark then plans it once more when the stream
   * starts, for sources that need it, and throws away what it is given.
   *
   * @param source the source's own folder in the checkpoint, `sources/<n>`
   */
  static boolean lastBatchHasRun(Path source, Configuration settings) throws IOException {
    Path checkpoint = source.getParent().getParent();
    FileSystem files = checkpoint.getFileSystem(settings);
    long planned = newest(files, new Path(checkpoint, "offsets"));
    return planned >= 0 && planned == newest(files, new Path(checkpoint, "commits"));
  }

  private static long newest(FileSystem files, Path log) throws IOException {
    long newest = -1;
    try {
      for (FileStatus status : files.listStatus(log)) {
        String name = status.getPath().getName();
        if (name.matches("\\d{1,18}")) {
          newest = Math.max(newest, Long.parseLong(name));
        }
      }
    } catch (FileNotFoundException notYet) {
      return -1;
    }
    return newest;
  }
}
