package lakeshell.autoloader;

import java.util.Map;
import org.apache.spark.SparkThrowable;

/** A refusal or failure of Auto Loader under the name that Databricks gives it. */
class CloudFilesException extends IllegalArgumentException implements SparkThrowable {
  private final String condition;

  CloudFilesException(String condition, String sentence) {
    super("[" + condition + "] " + sentence);
    this.condition = condition;
  }

  CloudFilesException(String condition, String sentence, Throwable cause) {
    super("[" + condition + "] " + sentence, cause);
    this.condition = condition;
  }

  @Override
  public String getCondition() {
    return condition;
  }

  @Override
  public String getSqlState() {
    return "42000";
  }

  @Override
  public Map<String, String> getMessageParameters() {
    return Map.of();
  }
}
