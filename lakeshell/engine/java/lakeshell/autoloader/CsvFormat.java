package lakeshell.autoloader;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.json.JsonInferSchema;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.csv.CSVFileFormat;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * CSV: each file is read by its own header, so files may have their columns in any order. Files with
 * the same header make one scan, in which a column is named by its place.
 */
final class CsvFormat implements SourceFormat {
  private static final String RAW = "__raw";

  @Override
  public FileFormat spark() {
    return new CSVFileFormat();
  }

  @Override
  public boolean untyped() {
    return true;
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    grouped(reading, files, null)
        .forEach(
            (header, group) -> {
              StructField[] inferred =
                  reading.options().inferColumnTypes() ? inferred(reading, group).fields() : null;
              for (int i = 0; i < header.size(); i++) {
                boolean known = inferred != null && i < inferred.length;
                DataType type = known ? inferred[i].dataType() : DataTypes.StringType;
                columns.merge(
                    header.get(i),
                    type,
                    (one, other) ->
                        JsonInferSchema.compatibleType(one, other, DataTypes.StringType));
              }
            });
    StructType schema = new StructType();
    for (var column : columns.entrySet()) {
      schema = schema.add(column.getKey(), column.getValue());
    }
    return schema;
  }

  private StructType inferred(Reading reading, List<FoundFile> files) {
    var schema =
        spark()
            .inferSchema(
                reading.session(),
                Scala.map(CsvHeaders.options(reading, "inferSchema", "true")),
                Scala.seq(files.stream().map(FoundFile::status).toList()));
    return schema.isDefined() ? schema.get() : new StructType();
  }

  @Override
  public Dataset<Row> read(Batch batch) {
    Map<List<String>, List<FoundFile>> groups = grouped(batch, batch.files(), batch.data());
    evolve(batch, groups);
    if (groups.isEmpty()) {
      groups = Map.of(List.of(batch.data().fieldNames()), List.of());
    }
    Dataset<Row> rows = null;
    for (var group : groups.entrySet()) {
      Dataset<Row> some = read(batch, group.getKey(), group.getValue());
      rows = rows == null ? some : rows.unionByName(some);
    }
    return rows;
  }

  private void evolve(Batch batch, Map<List<String>, List<FoundFile>> groups) {
    List<FoundFile> wider = new ArrayList<>();
    groups.forEach(
        (header, files) -> {
          if (header.stream().anyMatch(name -> Schemas.find(batch.data(), name) == null)) {
            wider.addAll(files);
          }
        });
    if (!wider.isEmpty() && batch.evolution().mode().stops()) {
      batch.evolution().inFiles(infer(batch, wider));
    }
  }

  private Dataset<Row> read(Batch batch, List<String> header, List<FoundFile> files) {
    StructType places = new StructType();
    List<String> unmatched = new ArrayList<>();
    Map<String, Column> byName = new LinkedHashMap<>();
    for (int i = 0; i < header.size(); i++) {
      StructField field = batch.column(header.get(i));
      places = places.add("c" + i, field == null ? DataTypes.StringType : field.dataType());
      if (field == null) {
        unmatched.add(header.get(i));
      } else {
        byName.put(field.name(), col("c" + i));
      }
    }
    Map<String, String> settings =
        CsvHeaders.options(batch, "enforceSchema", "true", "columnNameOfCorruptRecord", RAW);
    if (batch.rescued() != null) {
      settings.put("mode", "PERMISSIVE");
    }
    Dataset<Row> rows =
        batch.rows(spark(), places.add(RAW, DataTypes.StringType), settings, files);
    byName.put(CsvHeaders.corruptColumn(batch), col(RAW));

    List<Column> result = new ArrayList<>();
    for (StructField field : batch.data().fields()) {
      Column none = lit(null).cast(field.dataType());
      result.add(byName.getOrDefault(field.name(), none).as(field.name()));
    }
    batch.partitions().forEach(name -> result.add(Reading.quoted(name)));
    if (batch.rescued() != null) {
      result.add(rescued(batch, header, places, unmatched).as(batch.rescued()));
    }
    result.add(col(Batch.METADATA));
    return rows.select(result.toArray(Column[]::new));
  }

  private static Column rescued(
      Batch batch, List<String> header, StructType places, List<String> unmatched) {
    List<Column> all = new ArrayList<>();
    for (String place : places.fieldNames()) {
      all.add(col(place));
    }
    Column rescue =
        udf(new CsvRescue(batch, header, unmatched), DataTypes.StringType)
            .apply(struct(all.toArray(Column[]::new)), col(RAW));
    // Where all columns are known, only what did not parse needs a look.
    return unmatched.isEmpty() ? when(col(RAW).isNotNull(), rescue) : rescue;
  }

  /** The files by their headers; files without a line are left out. */
  private static Map<List<String>, List<FoundFile>> grouped(
      Reading reading, List<FoundFile> files, StructType declared) {
    CsvHeaders headers = new CsvHeaders(reading, declared);
    Map<List<String>, List<FoundFile>> groups = new LinkedHashMap<>();
    for (FoundFile file : files) {
      List<String> header = headers.of(file);
      if (header != null) {
        groups.computeIfAbsent(header, names -> new ArrayList<>()).add(file);
      }
    }
    return groups;
  }
}
