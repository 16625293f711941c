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
    JSONOptions parsed =
        new JSONOptions(
            Scala.map(options), conf.sessionLocalTimeZone(), conf.columnNameOfCorruptRecord());
    if (parsed.encoding().isDefined() && !parsed.encoding().get().equalsIgnoreCase("UTF-8")) {
      throw new CloudFilesException(
          "CF_UNSUPPORTED_ENCODING",
          "Auto Loader reads JSON as UTF-8 here, not as " + parsed.encoding().get() + ".");
    }
    return parsed;
  }
}
