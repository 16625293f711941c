package lakeshell.autoloader;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.orc.OrcFileFormat;
import org.apache.spark.sql.execution.datasources.orc.OrcUtils;
import org.apache.spark.sql.types.StructType;

/** ORC, which Auto Loader reads with a schema that is given, and infers none for. */
final class OrcFormat extends TypedFormat {

  @Override
  public FileFormat spark() {
    return new OrcFileFormat();
  }

  /** Asked when no schema is given, before anything else is: that there must be one. */
  @Override
  public StructType fixedColumns() {
    throw new CloudFilesException(
        "CF_UNSUPPORTED_FORMAT_FOR_SCHEMA_INFERENCE",
        "Schema inference is not supported for format: orc. Please specify the schema with "
            + ".schema().");
  }

  @Override
  public StructType infer(Reading reading, List<FoundFile> files) {
    return fixedColumns();
  }

  @Override
  FileSchemas.Reader schemas(Reading reading) {
    Configuration settings =
        reading
            .session()
            .sessionState()
            .newHadoopConfWithOptions(Scala.map(reading.readerOptions()));
    return file -> {
      var schema = OrcUtils.readSchema(new Path(file.path()), settings, false, false);
      return schema.isDefined() ? OrcUtils.toCatalystSchema(schema.get()) : null;
    };
  }
}
