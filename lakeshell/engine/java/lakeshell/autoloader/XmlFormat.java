package lakeshell.autoloader;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.from_xml;
import static org.apache.spark.sql.functions.hash;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.repeat;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.xml.XmlFileFormat;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * XML: a row for each element of the name that the option rowTag gives.
 *
 * <p>Where unknown fields matter, Spark's inference looks at a batch's files first; so the batch is
 * read with the fields that it has. Of a record with a value that is not of its column's type
 * Spark's parser gives the beginning only; it is parsed again, all of it as text.
 */
final class XmlFormat implements SourceFormat {
  private static final String CORRUPT = "__corrupt";
  private static final String TEXTS = "__texts";

  @Override
  public FileFormat spark() {
    return new XmlFileFormat();
  }

  @Override
  public boolean untyped() {
    return true;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    return XmlSettings.inferred(reading, files);
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    StructType data = Schemas.without(batch.data(), List.of(XmlSettings.corruptColumn(batch)));
    StructType columns = XmlSettings.readable(data, look(batch));
    XmlFit fit = new XmlFit(XmlSettings.ofValues(batch));
    FittedRecord asRead = new FittedRecord(columns, null, data, fit);
    if (!XmlSettings.permissive(batch)) {
      Dataset<Row> rows = batch.rows(spark(), columns, XmlSettings.of(batch), batch.files());
      return strict(batch, rows, asRead);
    }
    StructType texts = XmlSettings.texts(columns);
    Dataset<Row> rows =
        batch.rows(
            spark(),
            columns.add(CORRUPT, DataTypes.StringType),
            XmlSettings.of(batch, "columnNameOfCorruptRecord", CORRUPT),
            batch.files());
    rows = rows.select(col("*"), parsed(batch, columns, texts).as(TEXTS), col(Batch.METADATA));
    return tolerant(batch, rows, asRead, new FittedRecord(texts, col(TEXTS), data, fit));
  }

  /** The fields of the batch's records, as far as anybody asks for them. */
  private static StructType look(Batch batch) {
    if (!batch.evolution().mode().stops() && batch.rescued() == null) {
      return new StructType();
    }
    StructType seen = Schemas.distinct(XmlSettings.seen(batch, batch.files()));
    boolean typed = batch.options().inferColumnTypes();
    batch.evolution().inFiles(typed ? seen : Schemas.asStrings(seen));
    return Schemas.without(seen, batch.partitions());
  }

  /** The record as texts, where a value was not of its column's type. */
  private static Column parsed(Batch batch, StructType columns, StructType texts) {
    // An empty string that needs all columns: whichever of them a query takes, Spark has to parse
    // all, or it would not notice a value of another type.
    Column[] given =
        Arrays.stream(columns.fieldNames())
            .map(name -> Reading.quoted(name).isNull())
            .toArray(Column[]::new);
    Column record = col(CORRUPT);
    Column whole = given.length == 0 ? record : concat(record, repeat(lit(""), hash(given)));
    return when(record.isNotNull(), from_xml(whole, texts, XmlSettings.of(batch)));
  }

  /** Spark fails or leaves records out, as the option mode says. */
  private static Dataset<Row> strict(Batch batch, Dataset<Row> rows, FittedRecord asRead) {
    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      result.add(asRead.value(field).as(field.name()));
    }
    return finished(batch, rows, result, Rescued.json(asRead.rests()));
  }

  private static Dataset<Row> tolerant(
      Batch batch, Dataset<Row> rows, FittedRecord asRead, FittedRecord asText) {
    Column clean = col(CORRUPT).isNull();
    String corruptColumn = XmlSettings.corruptColumn(batch);
    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      Column value =
          field.name().equalsIgnoreCase(corruptColumn)
              ? col(CORRUPT)
              : when(clean, asRead.value(field)).otherwise(asText.value(field));
      result.add(value.as(field.name()));
    }
    Column noXml = when(asText.empty(), col(CORRUPT)).as(corruptColumn);
    Column parts = coalesce(Rescued.json(asText.rests()), Rescued.json(List.of(noXml)));
    return finished(
        batch, rows, result, when(clean, Rescued.json(asRead.rests())).otherwise(parts));
  }

  private static Dataset<Row> finished(
      Batch batch, Dataset<Row> rows, List<Column> result, Column rescued) {
    batch.partitions().forEach(name -> result.add(Reading.quoted(name)));
    if (batch.rescued() != null) {
      result.add(rescued.as(batch.rescued()));
    }
    result.add(col(Batch.METADATA));
    return rows.select(result.toArray(Column[]::new));
  }
}
