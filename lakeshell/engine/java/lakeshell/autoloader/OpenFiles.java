package lakeshell.autoloader;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * Which files a program of this machine holds open to write to them. Linux tells it of the
 * programs of the same user, in /proc; elsewhere nothing is known, and none is.
 */
final class OpenFiles {
  private static final Path PROCESSES = Path.of("/proc");

  private OpenFiles() {}

  /**
   * Those of `files`, which are keys of files, that somebody may still write to. They are looked
   * for by their real `names`, without folders.
   */
  static Set<Object> written(Set<Object> files, Set<Path> names) {
    Set<Object> written = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        ofProcess(process, files, names, written);
      }
    } catch (IOException | DirectoryIteratorException notLinux) {
      return written;
    }
    return written;
  }

  private static void ofProcess(
      Path process, Set<Object> files, Set<Path> names, Set<Object> written) {
    try (DirectoryStream<Path> numbers = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path number : numbers) {
        try {
          // The link leads to the file itself; its text is where that lies, of a socket a word.
          Path name = Files.readSymbolicLink(number).getFileName();
          if (name == null || !names.contains(name)) {
            continue;
          }
          Object file = Files.readAttributes(number, BasicFileAttributes.class).fileKey();
          if (files.contains(file) && forWriting(process, number)) {
            written.add(file);
          }
        } catch (IOException closedMeanwhile) {
          continue;
        }
      }
    } catch (IOException | DirectoryIteratorException endedOrForeign) {
      // It has no files any more, or none that we may know of.
    }
  }

  private static boolean forWriting(Path process, Path number) throws IOException {
    Path facts = process.resolve("fdinfo").resolve(number.getFileName());
    for (String line : Files.readAllLines(facts)) {
      if (line.startsWith("flags:")) {
        return (Long.parseLong(line.substring(6).trim(), 8) & 3) != 0; // O_WRONLY, O_RDWR
      }
    }
    return false;
  }
}
