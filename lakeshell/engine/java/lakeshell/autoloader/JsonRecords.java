package lakeshell.autoloader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.json.JSONOptions;

/** The text of a whole file as the texts of its records: the elements of an array, or itself. */
final class JsonRecords implements UDF1<String, List<String>> {
  private final JSONOptions options;
  private transient JsonFactory factory;

  JsonRecords(Reading reading) {
    options = JsonSettings.of(reading);
  }

  @Override
  public List<String> call(String text) throws IOException {
    if (factory == null) {
      factory = options.buildJsonFactory();
    }
    List<String> records = new ArrayList<>();
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return List.of(text);
      }
      while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        records.add(text.substring(begin, (int) parser.currentLocation().getCharOffset()));
      }
    } catch (JsonProcessingException broken) {
      // The parser of the records tells of it.
      return List.of(text);
    }
    return records;
  }
}
