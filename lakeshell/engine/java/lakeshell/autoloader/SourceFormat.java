package lakeshell.autoloader;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.types.StructType;

/** How Auto Loader looks at files of one format and reads them, by Spark's own parsers. */
interface SourceFormat {

  /** Spark's reader of the format; it says what the hidden column _metadata holds. */
  FileFormat spark();

  /**
   * The columns of the files' rows, without those of folders key=value. Of formats that carry no
   * types these are what Spark infers; the caller makes STRING of them where that is wanted.
   */
  StructType infer(Reading reading, List<FoundFile> files);

  /**
   * The columns of a format whose columns are always the same, as those of text; null for others.
   * Nothing is inferred then, and nothing evolves.
   */
  default StructType fixedColumns() {
    return null;
  }

  /** Asked when a stream is given no schema. Raises where it must be given one. */
  default void mayBeInferredForStreams() {}

  /** Whether files of this format carry no types, so that columns are STRING unless inferred. */
  boolean untyped();

  /**
   * The rows of a batch: columns by the names of `batch.columns()` and `_metadata`, in any order.
   * Tells `batch.evolution()` of fields that the schema does not know.
   */
  Dataset<Row> read(Batch batch);

  static SourceFormat named(String name) {
    return switch (name) {
      case "avro" -> new AvroFormat();
      case "binaryfile" -> new BinaryFormat();
      case "csv" -> new CsvFormat();
      case "json" -> new JsonFormat();
      case "orc" -> new OrcFormat();
      case "parquet" -> new ParquetFormat();
      case "text" -> new TextFormat();
      case "xml" -> new XmlFormat();
      default ->
          throw new CloudFilesException(
              "CF_UNKNOWN_FORMAT", "cloudFiles.format is '" + name + "', which is no known format.");
    };
  }
}
