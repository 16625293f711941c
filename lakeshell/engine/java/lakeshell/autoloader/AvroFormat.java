package lakeshell.autoloader;

import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.mapred.FsInput;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.avro.AvroFileFormat;
import org.apache.spark.sql.avro.AvroOptions;
import org.apache.spark.sql.avro.SchemaConverters;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.types.StructType;

/** Avro; a file's schema stands at its beginning, unless the option avroSchema gives one. */
final class AvroFormat extends TypedFormat {

  @Override
  public FileFormat spark() {
    return new AvroFileFormat();
  }

  @Override
  FileSchemas.Reader schemas(Reading reading) {
    var given = Scala.map(reading.readerOptions());
    Configuration settings = reading.session().sessionState().newHadoopConfWithOptions(given);
    AvroOptions options = new AvroOptions(given, settings);
    if (options.schema().isDefined()) {
      StructType schema = columns(options.schema().get(), options);
      return file -> schema;
    }
    return file -> {
      try (var in = new FsInput(new Path(file.path()), settings);
          var header = DataFileReader.openReader(in, new GenericDatumReader<GenericRecord>())) {
        return columns(header.getSchema(), options);
      }
    };
  }

  private static StructType columns(Schema schema, AvroOptions options) {
    var type =
        SchemaConverters.toSqlType(
                schema,
                options.useStableIdForUnionType(),
                options.stableIdPrefixForUnionType(),
                options.recursiveFieldMaxDepth())
            .dataType();
    if (type instanceof StructType columns) {
      return columns;
    }
    throw new CloudFilesException(
        "CF_AVRO_WITHOUT_RECORDS",
        "An Avro file holds values of type " + type.sql() + ", and only records have columns.");
  }
}
