package lakeshell.autoloader;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.text.TextFileFormat;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** JSON: one record a line, or with multiLine a record or an array of records a file. */
final class JsonFormat implements SourceFormat {
  private static final StructType TEXT = new StructType().add("value", DataTypes.StringType);
  private static final String RECORD = "__record";
  private static final String PARSED = "__parsed";
  private static final String RESCUED = "__rescued";

  @Override
  public FileFormat spark() {
    return new TextFileFormat();
  }

  @Override
  public boolean untyped() {
    return true;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    Dataset<String> records =
        reading.look(spark(), TEXT, textOptions(reading), files).as(Encoders.STRING());
    FilterFunction<String> full = text -> !text.isBlank();
    StructType found =
        reading
            .session()
            .read()
            .options(reading.readerOptions("mode", "PERMISSIVE"))
            .json(records.filter(full))
            .schema();
    return Schemas.without(found, List.of(JsonRescue.corruptColumn(reading)));
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    Evolution evolution = batch.evolution();
    evolution.begin(() -> JsonFields.inferred(batch));
    if (evolution.mode().stops()) {
      // Found here it is the stream's own failure; found by a task, one of many causes below it.
      Collection<String> unknown = JsonFields.unknown(batch);
      if (!unknown.isEmpty()) {
        evolution.inRecord(unknown);
      }
    }
    Dataset<Row> records =
        batch.rows(spark(), TEXT, textOptions(batch), batch.files());
    List<Column> carried = new ArrayList<>();
    Column record = col("value");
    if (multiLine(batch)) {
      UDF1<String, List<String>> split = new JsonRecords(batch);
      record = explode(udf(split, DataTypes.createArrayType(DataTypes.StringType)).apply(record));
    }
    if (!batch.options().readerCaseSensitive()) {
      record = udf(new JsonNames(batch), DataTypes.StringType).apply(record);
    }
    carried.add(record.as(RECORD));
    batch.partitions().forEach(name -> carried.add(Reading.quoted(name)));
    carried.add(col(Batch.METADATA));
    records = records.select(carried.toArray(Column[]::new));

    Map<String, String> parser = batch.readerOptions("mode", "PERMISSIVE");
    carried.set(0, col(RECORD));
    carried.add(from_json(col(RECORD), batch.data(), parser).as(PARSED));
    records = records.select(carried.toArray(Column[]::new));

    // Not deterministic, so that Spark asks it for every record, once, whatever columns a query
    // takes: an unknown field has to be noticed.
    Column rescued =
        udf(new JsonRescue(batch), DataTypes.StringType)
            .asNondeterministic()
            .apply(col(RECORD), takesAnything(batch.data()) ? lit(null) : col(PARSED));
    carried.set(0, rescued.as(RESCUED));
    carried.set(carried.size() - 1, col(PARSED));
    records =
        records
            .select(carried.toArray(Column[]::new))
            .filter(not(col(RESCUED).eqNullSafe(lit(JsonRescue.NO_RECORD))));

    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      result.add(col(PARSED).getField(field.name()).as(field.name()));
    }
    batch.partitions().forEach(name -> result.add(Reading.quoted(name)));
    if (batch.rescued() != null) {
      result.add(col(RESCUED).as(batch.rescued()));
    }
    result.add(col(Batch.METADATA));
    return records.select(result.toArray(Column[]::new));
  }

  /** Whether every value fits, so that the parsed row need not be looked at. */
  private static boolean takesAnything(StructType schema) {
    for (StructField field : schema.fields()) {
      if (!field.dataType().equals(DataTypes.StringType)) {
        return false;
      }
    }
    return true;
  }

  static boolean multiLine(Reading reading) {
    return Boolean.parseBoolean(reading.options().reader("multiLine", "false"));
  }

  private static Map<String, String> textOptions(Reading reading) {
    return multiLine(reading)
        ? reading.readerOptions("wholetext", "true")
        : reading.readerOptions("wholetext", "false");
  }
}
