package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which files are whole. In the cloud a file appears when it is complete; on a disk one sees it
 * grow. So a file counts when it has not changed for a second.
 */
final class Settling {
  private static final long QUIET = 1000; // milliseconds

  /** `since` is a time of a clock that nobody sets, in milliseconds. */
  private record Sighting(FoundFile file, long since) {}

  private Map<String, Sighting> sightings = new HashMap<>();

  /** Those of `files` that have not changed for a second at the time `now`, in milliseconds. */
  List<FoundFile> settled(List<FoundFile> files, long now) {
    long tick = tick();
    List<FoundFile> settled = new ArrayList<>();
    Map<String, Sighting> restless = new HashMap<>();
    for (FoundFile file : files) {
      long age = now - file.modified();
      if (age >= QUIET) {
        settled.add(file);
        continue;
      }
      Sighting before = sightings.get(file.path());
      boolean same = before != null && before.file.equals(file);
      // A time that lies in the future tells nothing; then what we have seen counts.
      if (same && tick - before.since >= QUIET) {
        settled.add(file);
      } else {
        restless.put(file.path(), same ? before : new Sighting(file, tick));
      }
    }
    sightings = restless;
    return settled;
  }

  /** How long to wait, in milliseconds, until what did not settle last time may have. */
  long patience(long now) {
    long longest = 0;
    for (Sighting one : sightings.values()) {
      long byDate = one.file.modified() + QUIET - now;
      long bySight = one.since + QUIET - tick();
      longest = Math.max(longest, Math.min(byDate, bySight));
    }
    return longest;
  }

  private static long tick() {
    return System.nanoTime() / 1_000_000;
  }
}
