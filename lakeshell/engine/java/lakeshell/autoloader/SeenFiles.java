package lakeshell.autoloader;

import java.util.HashMap;
import java.util.Map;

/** The files that have been taken, never forgotten; with overwrites a file counts by its time. */
final class SeenFiles {
  private final Map<String, Long> modified = new HashMap<>();
  private final boolean overwrites;

  SeenFiles(boolean overwrites) {
    this.overwrites = overwrites;
  }

  void add(String path, long time) {
    modified.put(path, time);
  }

  /** Whether nothing that lies at `path` can be new. */
  boolean knows(String path) {
    return !overwrites && modified.containsKey(path);
  }

  boolean isNew(FoundFile file) {
    Long time = modified.get(file.path());
    return time == null || (overwrites && time != file.modified());
  }
}
