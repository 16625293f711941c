package lakeshell.autoloader;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.execution.datasources.PartitioningUtils;
import org.apache.spark.sql.execution.datasources.PartitioningUtils$;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** Columns whose values stand in the names of folders, key=value. */
final class PartitionFolders {
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  private final SourceFolder folder;
  private final ZoneId zone;

  PartitionFolders(SourceFolder folder, ZoneId zone) {
    this.folder = folder;
    this.zone = zone;
  }

  /**
   * The columns that the folders of `files` have, by Spark's rules. Folders that contradict one
   * another give none. `wanted` restricts them, unless null; `typed` says whether other types than
   * STRING are found.
   */
  StructType infer(List<FoundFile> files, List<String> wanted, boolean typed) {
    StructType found = inferred(files, typed);
    if (wanted == null) {
      return found;
    }
    StructType columns = new StructType();
    for (String name : wanted) {
      StructField field = Schemas.find(found, name);
      columns = field == null ? columns.add(name, DataTypes.StringType) : columns.add(field);
    }
    return columns;
  }

  private StructType inferred(List<FoundFile> files, boolean typed) {
    Set<Path> folders = new LinkedHashSet<>();
    Set<String> keys = null;
    for (FoundFile file : files) {
      String below = folder.foldersOf(file.path());
      Set<String> own = raw(below).keySet();
      if (keys != null && !keys.equals(own)) {
        return new StructType();
      }
      keys = own;
      folders.add(new Path("/" + below));
    }
    if (keys == null || keys.isEmpty()) {
      return new StructType();
    }
    var spec =
        PartitioningUtils$.MODULE$.parsePartitions(
            Scala.seq(folders),
            typed,
            Scala.set(Set.of(new Path("/"))),
            Option.empty(),
            false,
            true,
            zone,
            true);
    return typed ? spec.partitionColumns() : Schemas.asStrings(spec.partitionColumns());
  }

  /** A file's values of `columns`, as Spark holds them internally; null where it has none. */
  List<Object> values(String file, StructType columns) {
    Map<String, String> raw = raw(folder.foldersOf(file));
    List<Object> values = new ArrayList<>();
    for (StructField column : columns.fields()) {
      String text = null;
      for (var entry : raw.entrySet()) {
        if (entry.getKey().equalsIgnoreCase(column.name())) {
          text = entry.getValue();
        }
      }
      values.add(
          text == null || text.equals(NULL)
              ? null
              : PartitioningUtils.castPartValueToDesiredType(column.dataType(), text, zone));
    }
    return values;
  }

  private static Map<String, String> raw(String folders) {
    Map<String, String> pairs = new LinkedHashMap<>();
    Arrays.stream(folders.split("/"))
        .filter(name -> name.indexOf('=') > 0)
        .forEach(
            name -> {
              int at = name.indexOf('=');
              pairs.put(
                  ExternalCatalogUtils.unescapePathName(name.substring(0, at)),
                  ExternalCatalogUtils.unescapePathName(name.substring(at + 1)));
            });
    return pairs;
  }
}
