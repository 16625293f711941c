package lakeshell.autoloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Predicate;

/** Finds the files that are whole and new. */
final class Discovery {
  private final SourceFolder folder;
  private final Settling settling = new Settling();

  Discovery(SourceFolder folder) {
    this.folder = folder;
  }

  /**
   * The files that are whole now and not `known`, the oldest first. With `patience` files that
   * change at the moment are waited for once, about a second.
   */
  List<FoundFile> look(Predicate<String> known, boolean patience) {
    try {
      List<FoundFile> found = folder.list(known);
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
}
