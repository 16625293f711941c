package lakeshell.autoloader;

import com.univocity.parsers.csv.CsvParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.csv.CSVOptions;
import org.apache.spark.sql.execution.datasources.csv.CSVUtils$;
import org.apache.spark.sql.types.StructType;

/**
 * The names of the columns of CSV files, from their first lines. Files have headers unless
 * `header` is false, or a schema is given and `header` is not; then columns are named by their
 * place, or as the schema says.
 */
final class CsvHeaders {
  private final CSVOptions options;
  private final Configuration settings;
  private final boolean present;
  private final StructType declared;
  private final CsvParser parser;

  /** `declared` are the stream's columns, null while they are inferred. */
  CsvHeaders(Reading reading, StructType declared) {
    options = parsed(reading);
    settings = reading.session().sessionState().newHadoopConf();
    present = present(reading);
    this.declared = reading.options().schemaGiven() ? declared : null;
    parser = new CsvParser(options.asParserSettings());
  }

  /** The names in a file; null when it has no line. */
  List<String> of(FoundFile file) {
    if (!present && declared != null) {
      return List.of(declared.fieldNames());
    }
    var line = CSVUtils$.MODULE$.readHeaderLine(new Path(file.path()), options, settings);
    if (line.isEmpty()) {
      return null;
    }
    String[] words = parser.parseLine(line.get());
    List<String> names = new ArrayList<>();
    for (int i = 0; words != null && i < words.length; i++) {
      String word = present ? words[i] : null;
      String name = word == null || word.isBlank() ? "_c" + i : word;
      names.add(names.contains(name) ? name + i : name);
    }
    return names;
  }

  /** The user's options for Spark's parser, `header` made explicit. */
  static Map<String, String> options(Reading reading, String... changes) {
    Map<String, String> result = reading.readerOptions(changes);
    result.keySet().removeIf("header"::equalsIgnoreCase);
    result.put("header", String.valueOf(present(reading)));
    return result;
  }

  static CSVOptions parsed(Reading reading) {
    var conf = reading.session().sessionState().conf();
    return new CSVOptions(
        Scala.map(options(reading)), false, conf.sessionLocalTimeZone(),
        conf.columnNameOfCorruptRecord());
  }

  static String corruptColumn(Reading reading) {
    return parsed(reading).columnNameOfCorruptRecord();
  }

  private static boolean present(Reading reading) {
    String otherwise = String.valueOf(!reading.options().schemaGiven());
    return Boolean.parseBoolean(reading.options().reader("header", otherwise));
  }
}
