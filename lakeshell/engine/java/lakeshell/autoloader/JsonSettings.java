package lakeshell.autoloader;

import java.util.Map;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.internal.SQLConf;

/** Spark's options of JSON for a stream. */
final class JsonSettings {
  private JsonSettings() {}

  static JSONOptions of(Reading reading) {
    SQLConf conf = reading.session().sessionState().conf();
    Map<String, String> options = reading.readerOptions("mode", "PERMISSIVE");
    return new JSONOptions(
        Scala.map(options),
        conf.sessionLocalTimeZone(),
        conf.columnNameOfCorruptRecord());
  }
}
