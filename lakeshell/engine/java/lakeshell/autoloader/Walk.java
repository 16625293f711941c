package lakeshell.autoloader;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One walk through folders of this machine. Links are followed, save those that lead back to where
 * the walk comes from; pipes, sockets and devices are no files.
 */
final class Walk {
  /** Where a file lies, its key, which it keeps under other names, and its real name. */
  private record Place(Path path, Object key, Path name) {}

  private final Predicate<String> known;
  private final FileFilter filter;
  private final BiPredicate<String, Integer> names;
  private final int levels;
  private final Map<FoundFile, Place> found = new LinkedHashMap<>();
  private final Deque<Path> above = new ArrayDeque<>();

  /**
   * `names` tells whether a name counts at a depth, from 0; files lie no less than `levels` deep.
   * Files whose qualified path is `known` are passed over.
   */
  Walk(
      Predicate<String> known, FileFilter filter, BiPredicate<String, Integer> names, int levels) {
    this.known = known;
    this.filter = filter;
    this.names = names;
    this.levels = levels;
  }

  /** The files at or below `place`, a real path, which is called `path`; none that is written. */
  List<FoundFile> from(Path place, String path) throws IOException {
    if (Files.isRegularFile(place)) {
      add(place, path, Files.readAttributes(place, BasicFileAttributes.class));
    } else {
      folder(place, path);
    }
    return found.isEmpty() ? List.of() : unwritten();
  }

  /**
   * Of what was found, that which nobody writes. A writer may have gone on and closed the file
   * between our two looks at it, therefore it must not have changed, either.
   */
  private List<FoundFile> unwritten() {
    Set<Object> keys = found.values().stream().map(Place::key).collect(Collectors.toSet());
    Set<Path> names = found.values().stream().map(Place::name).collect(Collectors.toSet());
    Set<Object> written = OpenFiles.written(keys, names);
    List<FoundFile> unwritten = new ArrayList<>();
    found.forEach(
        (file, place) -> {
          if (!written.contains(place.key) && file.equals(again(file, place.path))) {
            unwritten.add(file);
          }
        });
    return unwritten;
  }

  /** The file as it is now; null when it is gone. */
  private static FoundFile again(FoundFile file, Path place) {
    try {
      return fact(file.path(), Files.readAttributes(place, BasicFileAttributes.class));
    } catch (IOException gone) {
      return null;
    }
  }

  private static FoundFile fact(String path, BasicFileAttributes attributes) {
    return new FoundFile(path, attributes.size(), attributes.lastModifiedTime().toMillis());
  }

  private void folder(Path place, String path) throws IOException {
    int depth = above.size();
    above.push(place);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(place)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        String own = path + "/" + name;
        if (!names.test(name, depth) || known.test(own)) {
          continue;
        }
        try {
          BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
          if (attributes.isDirectory()) {
            Path real = Files.isSymbolicLink(entry) ? entry.toRealPath() : entry;
            if (above.stream().noneMatch(one -> one.startsWith(real))) {
              folder(real, own);
            }
          } else if (depth + 1 >= levels && attributes.isRegularFile()) {
            add(entry, own, attributes);
          }
        } catch (NoSuchFileException goneMeanwhile) {
          continue;
        } catch (FileSystemException error) {
          if (error instanceof AccessDeniedException || !Files.isSymbolicLink(entry)) {
            throw error;
          }
          continue; // a link that leads to itself
        }
      }
    } catch (NoSuchFileException goneMeanwhile) {
      // what is not there has no files
    } catch (AccessDeniedException denied) {
      throw denied(path);
    } finally {
      above.pop();
    }
  }

  private void add(Path place, String path, BasicFileAttributes attributes) throws IOException {
    FoundFile file = fact(path, attributes);
    if (known.test(path) || !filter.accepts(file)) {
      return;
    }
    // Refused here, a file can be put right; once it is in the log of a stream it must be read.
    if (!Files.isReadable(place)) {
      throw denied(path);
    }
    if (!place.equals(place.resolveSibling(place.getFileName().toString()))) {
      throw unreadable(path, "is no valid text (UTF-8)");
    }
    if (place.getFileName().toString().contains(":")) {
      throw unreadable(path, "has a colon, with which Spark cannot read it from a disk");
    }
    Object key = attributes.fileKey();
    Path real = Files.isSymbolicLink(place) ? place.toRealPath() : place;
    found.put(file, new Place(place, key == null ? file : key, real.getFileName()));
  }

  private static CloudFilesException unreadable(String path, String why) {
    return new CloudFilesException(
        "CF_UNREADABLE_FILE_NAME",
        "The name of the file " + CurrentFile.shown(path) + " " + why + ". Nothing was taken; "
            + "rename it, and start the stream again.");
  }

  private static CloudFilesException denied(String path) {
    return new CloudFilesException(
        "CF_PERMISSION_DENIED",
        "There is no permission to read " + CurrentFile.shown(path) + ". Nothing was taken; give "
            + "the permission, and start the stream again.");
  }
}
