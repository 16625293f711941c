package lakeshell.autoloader;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.text.TextFileFormat;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Text: a row for each line, or with wholetext for each file. */
final class TextFormat implements SourceFormat {
  private static final StructType COLUMNS = new StructType().add("value", DataTypes.StringType);

  @Override
  public FileFormat spark() {
    return new TextFileFormat();
  }

  @Override
  public StructType fixedColumns() {
    return COLUMNS;
  }

  @Override
  public boolean untyped() {
    return false;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    return COLUMNS;
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    StructType data = batch.data();
    if (data.length() != 1 || !(data.fields()[0].dataType() instanceof StringType)) {
      throw new CloudFilesException(
          "CF_INVALID_SCHEMA_FOR_FORMAT",
          "Text has one column, of type STRING; the schema that was given says " + data.sql()
              + ".");
    }
    return FixedColumns.of(
        batch, batch.rows(spark(), data, batch.readerOptions(), batch.files()));
  }
}
