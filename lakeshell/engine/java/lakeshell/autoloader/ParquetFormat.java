package lakeshell.autoloader;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFooterReader;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;

/** Parquet; a file's schema stands in its footer. */
final class ParquetFormat extends TypedFormat {

  @Override
  public FileFormat spark() {
    return new ParquetFileFormat();
  }

  @Override
  FileSchemas.Reader schemas(Reading reading) {
    var state = reading.session().sessionState();
    var converter = new ParquetToSparkSchemaConverter(state.conf());
    Configuration settings = state.newHadoopConfWithOptions(Scala.map(reading.readerOptions()));
    return file -> {
      FileStatus status = file.status();
      var footer =
          ParquetFooterReader.readFooter(
              HadoopInputFile.fromStatus(status, settings),
              ParquetMetadataConverter.SKIP_ROW_GROUPS);
      return ParquetFileFormat.readSchemaFromFooter(
          new Footer(status.getPath(), footer), converter);
    };
  }
}
