package lakeshell.autoloader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * What lies below a path, which may hold globs; folders below it belong to it.
 *
 * <p>A folder of this machine is read by java.nio, which asks nothing of files that are known
 * already; others through Hadoop.
 */
final class SourceFolder {
  private static final Comparator<FoundFile> OLDEST_FIRST =
      Comparator.comparingLong(FoundFile::modified).thenComparing(FoundFile::path);

  /** A folder without globs, and what the names below it must be like, level by level. */
  private record Root(Path base, List<GlobFilter> levels) {}

  private final Configuration settings;
  private final FileFilter filter;
  private final List<Root> roots = new ArrayList<>();

  SourceFolder(String path, Configuration settings, FileFilter filter) throws IOException {
    this.settings = settings;
    this.filter = filter;
    for (String one : GlobExpander.expand(path)) {
      roots.add(root(new Path(one)));
    }
  }

  private Root root(Path path) throws IOException {
    List<GlobFilter> levels = new ArrayList<>();
    Path base = path;
    for (Path at = path; at != null; at = at.getParent()) {
      if (new GlobFilter(at.getName()).hasPattern()) {
        base = at.getParent();
      }
    }
    for (Path at = path; !at.equals(base); at = at.getParent()) {
      levels.add(0, new GlobFilter(at.getName()));
    }
    FileSystem files = base.getFileSystem(settings);
    return new Root(base.makeQualified(files.getUri(), files.getWorkingDirectory()), levels);
  }

  /** Raises CF_PATH_NOT_FOUND when nothing can ever be found: the folder is not there. */
  void mustExist(String asWritten) throws IOException {
    for (Root root : roots) {
      if (root.base.getFileSystem(settings).exists(root.base)) {
        return;
      }
    }
    throw new CloudFilesException(
        "CF_SOURCE_DIRECTORY_NOT_FOUND", "The source directory " + asWritten + " does not exist.");
  }

  /** The files whose qualified path is not `known`, the oldest first. */
  List<FoundFile> list(Predicate<String> known) throws IOException {
    List<FoundFile> found = new ArrayList<>();
    for (Root root : roots) {
      FileSystem files = root.base.getFileSystem(settings);
      try {
        Path real = files.resolvePath(root.base);
        String base = root.base.toString().replaceFirst("(?<=[^/])/$", "");
        if ("file".equals(real.toUri().getScheme())) {
          local(java.nio.file.Path.of(real.toUri().getPath()), base, root, 0, known, found);
        } else {
          hadoop(files, root.base, root, 0, known, found);
        }
      } catch (FileNotFoundException notThereYet) {
        continue;
      }
    }
    found.sort(OLDEST_FIRST);
    return found;
  }

  /** The part of a file's path below the folder, without the file's name; "" for none. */
  String foldersOf(String file) {
    String folder = file.substring(0, file.lastIndexOf('/') + 1);
    for (Root root : roots) {
      String base = root.base.toString().replaceFirst("/*$", "/");
      if (folder.startsWith(base)) {
        return folder.substring(base.length());
      }
    }
    return "";
  }

  private void local(
      java.nio.file.Path place, String path, Root root, int depth, Predicate<String> known,
      List<FoundFile> found)
      throws IOException {
    if (depth == 0 && Files.isRegularFile(place)) {
      add(path, Files.readAttributes(place, BasicFileAttributes.class), known, found);
      return;
    }
    try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(place)) {
      for (java.nio.file.Path entry : entries) {
        String name = entry.getFileName().toString();
        String own = path + "/" + name;
        if (!matches(name, root, depth) || known.test(own)) {
          continue;
        }
        BasicFileAttributes attributes;
        try {
          attributes = Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (IOException goneMeanwhile) {
          continue;
        }
        if (attributes.isDirectory()) {
          if (!loops(place, entry)) {
            local(entry, own, root, depth + 1, known, found);
          }
        } else if (depth + 1 >= root.levels.size()) {
          add(own, attributes, known, found);
        }
      }
    } catch (java.nio.file.NoSuchFileException goneMeanwhile) {
      // what is not there has no files
    }
  }

  private static boolean loops(java.nio.file.Path parent, java.nio.file.Path entry)
      throws IOException {
    return Files.isSymbolicLink(entry) && parent.toRealPath().startsWith(entry.toRealPath());
  }

  private void add(
      String path, BasicFileAttributes attributes, Predicate<String> known, List<FoundFile> found) {
    FoundFile file =
        new FoundFile(path, attributes.size(), attributes.lastModifiedTime().toMillis());
    if (!known.test(path) && filter.accepts(file)) {
      found.add(file);
    }
  }

  private void hadoop(
      FileSystem files, Path place, Root root, int depth, Predicate<String> known,
      List<FoundFile> found)
      throws IOException {
    for (FileStatus status : files.listStatus(place)) {
      String name = status.getPath().getName();
      String own = status.getPath().toString();
      if (depth > 0 || !status.getPath().equals(place)) {
        if (!matches(name, root, depth)) {
          continue;
        }
      }
      if (status.isDirectory()) {
        hadoop(files, status.getPath(), root, depth + 1, known, found);
      } else if (depth + 1 >= root.levels.size() && !known.test(own)) {
        FoundFile file = new FoundFile(own, status.getLen(), status.getModificationTime());
        if (filter.accepts(file)) {
          found.add(file);
        }
      }
    }
  }

  private static boolean matches(String name, Root root, int depth) {
    return !FileFilter.hidden(name)
        && (depth >= root.levels.size() || root.levels.get(depth).accept(new Path(name)));
  }
}
