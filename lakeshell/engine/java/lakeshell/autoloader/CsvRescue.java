package lakeshell.autoloader;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.univocity.parsers.csv.CsvParser;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.catalyst.csv.CSVOptions;

/**
 * What of a line of CSV the row does not hold, as JSON: columns that the schema does not know,
 * values that were not of the column's type, and what stands behind the last column.
 */
final class CsvRescue implements UDF2<Row, String, String> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CSVOptions options;
  private final List<String> header;
  private final boolean[] unmatched;
  private transient CsvParser parser;

  CsvRescue(Batch batch, List<String> header, List<String> unmatched) {
    options = CsvHeaders.parsed(batch);
    this.header = List.copyOf(header);
    this.unmatched = new boolean[header.size()];
    for (int i = 0; i < header.size(); i++) {
      this.unmatched[i] = unmatched.contains(header.get(i));
    }
  }

  /** `raw` is the line's text when Spark could not parse all of it, else null. */
  @Override
  public String call(Row row, String raw) {
    ObjectNode rescued = JSON.createObjectNode();
    for (int i = 0; i < unmatched.length; i++) {
      if (unmatched[i] && !row.isNullAt(i)) {
        rescued.put(header.get(i), row.getString(i));
      }
    }
    if (raw != null) {
      addMistyped(row, raw, rescued);
    }
    if (rescued.isEmpty()) {
      return null;
    }
    return rescued.put(CurrentFile.FIELD, CurrentFile.path()).toString();
  }

  private void addMistyped(Row row, String raw, ObjectNode rescued) {
    if (parser == null) {
      parser = new CsvParser(options.asParserSettings());
    }
    String[] words = parser.parseLine(raw);
    for (int i = 0; words != null && i < words.length; i++) {
      if (words[i] == null || words[i].equals(options.nullValue())) {
        continue;
      }
      if (i >= header.size()) {
        rescued.put("_c" + i, words[i]);
      } else if (!unmatched[i] && row.isNullAt(i)) {
        rescued.put(header.get(i), words[i]);
      }
    }
  }
}
