package lakeshell.autoloader;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.binaryfile.BinaryFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Whole files: a row for each, with its path, time of modification, length and content. */
final class BinaryFormat implements SourceFormat {

  @Override
  public FileFormat spark() {
    return new BinaryFileFormat();
  }

  @Override
  public StructType fixedColumns() {
    return BinaryFileFormat.schema();
  }

  @Override
  public boolean untyped() {
    return false;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    return fixedColumns();
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    StructType columns = fixedColumns();
    for (StructField field : batch.data().fields()) {
      StructField known = Schemas.find(columns, field.name());
      if (known == null || !Widening.same(known.dataType(), field.dataType())) {
        throw new CloudFilesException(
            "CF_INVALID_SCHEMA_FOR_FORMAT",
            "binaryFile has the columns " + columns.sql() + "; the schema that was given has "
                + field.name() + " " + field.dataType().sql() + ".");
      }
    }
    return FixedColumns.of(
        batch, batch.rows(spark(), columns, batch.readerOptions(), batch.files()));
  }
}
