package lakeshell.autoloader;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.orc.OrcFileFormat;
import org.apache.spark.sql.execution.datasources.orc.OrcUtils;

/** ORC; a file's schema stands in its footer, but a stream must be given one. */
final class OrcFormat extends TypedFormat {

  @Override
  public FileFormat spark() {
    return new OrcFileFormat();
  }

  @Override
  public void mayBeInferredForStreams() {
    throw new CloudFilesException(
        "CF_UNSUPPORTED_FORMAT_FOR_SCHEMA_INFERENCE",
        "Schema inference is not supported for format: orc. Please specify the schema with "
            + ".schema().");
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
