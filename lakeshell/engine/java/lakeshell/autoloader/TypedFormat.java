package lakeshell.autoloader;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Formats whose files carry names and types of their columns. Files of a batch that have the same
 * ones are read as they are, by one relation, and then fitted to the stream's schema.
 */
abstract class TypedFormat implements SourceFormat {

  /** How to read a file's schema. */
  abstract FileSchemas.Reader schemas(Reading reading);

  @Override
  public boolean untyped() {
    return false;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    return FileSchemas.of(reading, files, schemas(reading)).merged();
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    FileSchemas found = FileSchemas.of(batch, batch.files(), schemas(batch));
    batch.evolution().inFiles(found.merged());
    Dataset<Row> all = null;
    for (var group : found.groups().entrySet()) {
      Dataset<Row> part = fitted(batch, group.getKey(), group.getValue());
      all = all == null ? part : all.union(part);
    }
    return all == null ? fitted(batch, batch.data(), List.of()) : all;
  }

  private Dataset<Row> fitted(Batch batch, StructType schema, List<FoundFile> files) {
    StructType own = Schemas.without(schema, batch.partitions());
    Fit fit = new Fit(batch.options().readerCaseSensitive());
    FittedRecord record = new FittedRecord(own, null, batch.data(), fit);
    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      result.add(record.value(field).as(field.name()));
    }
    batch.partitions().forEach(name -> result.add(Reading.quoted(name)));
    if (batch.rescued() != null) {
      result.add(Rescued.json(record.rests()).as(batch.rescued()));
    } else {
      refuse(batch, fit, files);
    }
    result.add(col(Batch.METADATA));
    return batch
        .rows(spark(), own, batch.readerOptions(), files)
        .select(result.toArray(Column[]::new));
  }

  /** Without a column for them, values of another type would be lost. */
  private static void refuse(Batch batch, Fit fit, List<FoundFile> files) {
    for (var one : fit.mismatches().entrySet()) {
      throw new CloudFilesException(
          "FAILED_READ_FILE." + batch.options().format().toUpperCase(Locale.ROOT)
              + "_COLUMN_DATA_TYPE_MISMATCH",
          "The column " + one.getKey() + " of " + CurrentFile.shown(files.get(0).path()) + " "
              + one.getValue() + ". With the option rescuedDataColumn such values are kept in a "
              + "column of their own.");
    }
  }
}
