package lakeshell.autoloader;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** The rows of formats in which nothing can be missing, unknown or of another type. */
final class FixedColumns {
  private FixedColumns() {}

  static Dataset<Row> of(Batch batch, Dataset<Row> rows) {
    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      result.add(Reading.quoted(field.name()).as(field.name()));
    }
    batch.partitions().forEach(name -> result.add(Reading.quoted(name)));
    if (batch.rescued() != null) {
      result.add(lit(null).cast(DataTypes.StringType).as(batch.rescued()));
    }
    result.add(col(Batch.METADATA));
    return rows.select(result.toArray(Column[]::new));
  }
}
