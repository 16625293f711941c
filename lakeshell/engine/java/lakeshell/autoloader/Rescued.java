package lakeshell.autoloader;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;

import java.util.List;
import java.util.Map;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/** The column of what does not fit, made of columns. */
final class Rescued {
  private static final UDF1<String, String> SHOWN =
      url -> CurrentFile.shown(SparkPath.fromUrlString(url).toPath().toString());

  private Rescued() {}

  /** `rests` and the file's path as JSON; null in rows where all of `rests` are. */
  static Column json(List<Column> rests) {
    Column url = col(Batch.METADATA).getField("file_path");
    Column path = udf(SHOWN, DataTypes.StringType).apply(url).as(CurrentFile.FIELD);
    Column fields = Fit.anyOf(rests, List.of(path));
    return fields == null
        ? lit(null).cast(DataTypes.StringType)
        : to_json(fields, Map.of("ignoreNullFields", "true"));
  }
}
