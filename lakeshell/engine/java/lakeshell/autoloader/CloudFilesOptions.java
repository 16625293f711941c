package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap;
import scala.jdk.javaapi.CollectionConverters;

/** The options of one stream, read once. */
final class CloudFilesOptions {
  private static final String DEFAULT_RESCUED = "_rescued_data";

  // Spark's parsers are not asked for these.
  private static final Set<String> OWN =
      Set.of(
          "path", "maxfilespertrigger", "maxbytespertrigger", "schemalocation", "schemahints",
          "schemaevolutionmode", "infercolumntypes", "includeexistingfiles", "allowoverwrites",
          "partitioncolumns", "rescueddatacolumn", "pathglobfilter", "filenamepattern",
          "modifiedafter", "modifiedbefore", "recursivefilelookup", "readercasesensitive");

  private final Map<String, String> all = new HashMap<>();
  private final boolean schemaGiven;
  private final Map<String, String> readerOptions = new HashMap<>();

  CloudFilesOptions(scala.collection.immutable.Map<String, String> given, boolean schemaGiven) {
    var written = given instanceof CaseInsensitiveMap<String> map ? map.originalMap() : given;
    CollectionConverters.asJava(written)
        .forEach(
            (key, value) -> {
              String lower = key.toLowerCase(Locale.ROOT);
              all.put(lower, value);
              if (!lower.startsWith(OptionNames.PREFIX) && !OWN.contains(lower)) {
                readerOptions.put(key, value);
              }
            });
    this.schemaGiven = schemaGiven;
    if (flag("validateOptions", true)) {
      OptionNames.check(CollectionConverters.asJava(written).keySet());
    }
  }

  /** Where the files lie, as the user wrote it; may hold globs. */
  String path() {
    String path = all.get("path");
    if (path == null || path.isBlank()) {
      throw new CloudFilesException(
          "CF_SOURCE_DIRECTORY_PATH_REQUIRED",
          "Please provide the source directory path with option path.");
    }
    return path;
  }

  String format() {
    String format = text("format");
    if (format == null) {
      throw new CloudFilesException(
          "CF_FILE_FORMAT_REQUIRED", "Please provide the file format with option cloudFiles.format.");
    }
    return format.toLowerCase(Locale.ROOT);
  }

  /** Whether `.schema(…)` was given. */
  boolean schemaGiven() {
    return schemaGiven;
  }

  /** The folder of the schema's versions; null when none was named. */
  String schemaLocation() {
    return text("schemaLocation");
  }

  String schemaHints() {
    return text("schemaHints");
  }

  boolean inferColumnTypes() {
    return flag("inferColumnTypes", false);
  }

  EvolutionMode evolutionMode() {
    String mode = text("schemaEvolutionMode");
    if (mode == null) {
      return schemaGiven ? EvolutionMode.NONE : EvolutionMode.ADD_NEW_COLUMNS;
    }
    EvolutionMode chosen = EvolutionMode.of(mode);
    if (schemaGiven && chosen == EvolutionMode.ADD_NEW_COLUMNS) {
      throw new CloudFilesException(
          "CF_ADD_NEW_NOT_SUPPORTED",
          "Schema evolution mode addNewColumns is not supported when the schema is specified. To "
              + "use this mode, you can provide the schema through cloudFiles.schemaHints instead.");
    }
    return chosen;
  }

  /** The column of what does not fit the schema; null when there is none. */
  String rescuedDataColumn() {
    String name = text("rescuedDataColumn");
    boolean unasked = schemaGiven || passesOver();
    return name != null || unasked ? name : DEFAULT_RESCUED;
  }

  /** Whether the user has said that fields which the schema does not know are passed over. */
  boolean passesOver() {
    return EvolutionMode.NONE.word.equalsIgnoreCase(text("schemaEvolutionMode"));
  }

  /** Names of folders key=value that are columns; null when all are that are found. */
  List<String> partitionColumns() {
    String names = text("partitionColumns");
    if (names == null) {
      return null;
    }
    List<String> columns = new ArrayList<>();
    Arrays.stream(names.split(",")).map(String::trim).filter(n -> !n.isEmpty()).forEach(columns::add);
    return columns;
  }

  boolean includeExistingFiles() {
    return flag("includeExistingFiles", true);
  }

  boolean allowOverwrites() {
    return flag("allowOverwrites", false);
  }

  /** Whether names that differ from a column's in case only are other names. */
  boolean readerCaseSensitive() {
    return flag("readerCaseSensitive", true);
  }

  int maxFilesPerTrigger() {
    String text = text("maxFilesPerTrigger");
    try {
      int number = text == null ? 1000 : Integer.parseInt(text.trim());
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // worded below
    }
    throw invalid("maxFilesPerTrigger", text, "a positive number");
  }

  /** Bytes; a batch ends with the file that reaches it. */
  long maxBytesPerTrigger() {
    String text = text("maxBytesPerTrigger");
    try {
      return text == null ? Long.MAX_VALUE : JavaUtils.byteStringAsBytes(text.trim());
    } catch (NumberFormatException notASize) {
      throw invalid("maxBytesPerTrigger", text, "a size as 10g");
    }
  }

  /** A glob for names of files; null for every name. */
  String fileNamePattern() {
    String pattern = text("pathGlobFilter");
    return pattern == null ? text("fileNamePattern") : pattern;
  }

  /** Options without a meaning of Auto Loader's, for Spark's parsers. */
  Map<String, String> reader() {
    return readerOptions;
  }

  String reader(String name, String otherwise) {
    return all.getOrDefault(name.toLowerCase(Locale.ROOT), otherwise);
  }

  private String text(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String value = all.get(OptionNames.PREFIX + lower);
    return value == null && OWN.contains(lower) ? all.get(lower) : value;
  }

  private boolean flag(String name, boolean otherwise) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
      return value.equalsIgnoreCase("true");
    }
    throw invalid(name, value, "true or false");
  }

  private static CloudFilesException invalid(String name, String value, String wanted) {
    return new CloudFilesException(
        "CF_INVALID_OPTION_VALUE",
        "cloudFiles." + name + " must be " + wanted + ", not '" + value + "'.");
  }
}
