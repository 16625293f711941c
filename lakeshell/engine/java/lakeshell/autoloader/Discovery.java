package lakeshell.autoloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds the files that are whole and new. A stream without a trigger asks a hundred times a second;
 * a look is answered by "nothing new" until four times as long as the last one took have passed.
 */
final class Discovery {
  private static final long SHORTEST_PAUSE = 200_000_000; // nanoseconds
  private static final int PAUSE_FACTOR = 4;

  private final SourceFolder folder;
  private final Settling settling = new Settling();
  private long nextLook = System.nanoTime();

  Discovery(SourceFolder folder) {
    this.folder = folder;
  }

  /**
   * The files that are whole now and not `known`, the oldest first. With `patience` files that
   * change at the moment are waited for once, about a second.
   */
  List<FoundFile> look(Predicate<String> known, boolean patience) {
    long begun = System.nanoTime();
    if (!patience && begun - nextLook < 0) {
      return List.of();
    }
    try {
      List<FoundFile> found = folder.list(known);
      long took = System.nanoTime() - begun;
      nextLook = begun + took + Math.max(SHORTEST_PAUSE, PAUSE_FACTOR * took);
      List<FoundFile> settled = settling.settled(found, System.currentTimeMillis());
      if (patience && settled.size() < found.size()) {
        Thread.sleep(settling.patience(System.currentTimeMillis()) + 5);
        settled = settling.settled(folder.list(known), System.currentTimeMillis());
      }
      return settled;
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** The files that lie there now, however young. */
  List<FoundFile> all() {
    try {
      return folder.list(path -> false);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
