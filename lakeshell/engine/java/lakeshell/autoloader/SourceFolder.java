package lakeshell.autoloader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * What lies below a path, which may hold globs; folders below it belong to it.
 *
 * <p>A folder of this machine is read by {@link Walk}, which asks nothing of files that are known
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
    Path qualified = base.makeQualified(files.getUri(), files.getWorkingDirectory());
    return new Root(ofLake(qualified, files), levels);
  }

  /** dbfs:/mnt/x is /mnt/x; a file is taken once, in whichever way a stream spells its folder. */
  private Path ofLake(Path base, FileSystem files) throws IOException {
    if ("dbfs".equals(base.toUri().getScheme())) {
      Path same = new Path(FileSystem.getDefaultUri(settings).resolve("/").toString(), base.toUri().getPath());
      try {
        if (same.getFileSystem(settings).resolvePath(same).equals(files.resolvePath(base))) {
          return same;
        }
      } catch (FileNotFoundException notThereYet) {
        return base;
      }
    }
    return base;
  }

  /** Raises CF_PATH_NOT_FOUND when nothing can ever be found: the folder is not there. */
  void mustExist(String asWritten) throws IOException {
    if (!exists()) {
      throw new CloudFilesException(
          "CF_SOURCE_DIRECTORY_NOT_FOUND", "The source directory " + asWritten + " does not exist.");
    }
  }

  /** Whether there is a folder in which files may be found. */
  boolean exists() throws IOException {
    for (Root root : roots) {
      if (root.base.getFileSystem(settings).exists(root.base)) {
        return true;
      }
    }
    return false;
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
          Walk walk =
              new Walk(
                  known, filter, (name, depth) -> matches(name, root, depth), root.levels.size());
          found.addAll(walk.from(java.nio.file.Path.of(real.toUri().getPath()).toRealPath(), base));
        } else {
          hadoop(files, root.base, root, 0, known, found);
        }
      } catch (FileNotFoundException | NoSuchFileException notThereYet) {
        continue;
      }
    }
    // Patterns in braces may say the same file twice.
    Map<String, FoundFile> once = new HashMap<>();
    found.forEach(file -> once.put(file.path(), file));
    return once.values().stream().sorted(OLDEST_FIRST).collect(Collectors.toList());
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
