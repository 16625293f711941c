package lakeshell.autoloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.List;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.execution.streaming.Source;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.RelationProvider;
import org.apache.spark.sql.sources.SchemaRelationProvider;
import org.apache.spark.sql.sources.SupportsStreamSourceMetadataColumns;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Map;
import scala.collection.immutable.Seq;

/** `spark.readStream.format("cloudFiles")`: Auto Loader as a data source of Spark. */
public final class CloudFilesProvider
    implements DataSourceRegister,
        SupportsStreamSourceMetadataColumns,
        RelationProvider,
        SchemaRelationProvider {

  @Override
  public String shortName() {
    return "cloudFiles";
  }

  @Override
  public Tuple2<String, StructType> sourceSchema(
      SQLContext context, Option<StructType> schema, String provider, Map<String, String> given) {
    Stream stream = new Stream(context.sparkSession(), given, schema);
    return new Tuple2<>("CloudFiles[" + stream.options.path() + "]", stream.schema().columns());
  }

  @Override
  public Source createSource(
      SQLContext context, String metadataPath, Option<StructType> schema, String provider,
      Map<String, String> given) {
    Stream stream = new Stream(context.sparkSession(), given, schema);
    return new CloudFilesSource(
        stream.session, stream.options, stream.format, stream.folder, stream.partitions,
        stream.schema(), metadataPath);
  }

  @Override
  public Seq<AttributeReference> getMetadataOutput(
      SparkSession session, Map<String, String> given, Option<StructType> schema) {
    String format = new CloudFilesOptions(given, schema.isDefined()).format();
    AttributeReference column = SourceFormat.named(format).spark().createFileMetadataCol();
    return Scala.seq(List.of(column));
  }

  @Override
  public BaseRelation createRelation(SQLContext context, Map<String, String> given) {
    throw streamsOnly();
  }

  @Override
  public BaseRelation createRelation(
      SQLContext context, Map<String, String> given, StructType schema) {
    throw streamsOnly();
  }

  private static CloudFilesException streamsOnly() {
    return new CloudFilesException(
        "CF_BATCH_NOT_SUPPORTED",
        "cloudFiles is read as a stream: use spark.readStream, or read the files by their own "
            + "format with spark.read.");
  }

  /** What a stream is made of before it has a checkpoint. */
  private static final class Stream {
    final org.apache.spark.sql.classic.SparkSession session;
    final CloudFilesOptions options;
    final SourceFormat format;
    final SourceFolder folder;
    final PartitionFolders partitions;
    private final StructType given;

    Stream(SparkSession session, Map<String, String> options, Option<StructType> schema) {
      this.session = (org.apache.spark.sql.classic.SparkSession) session;
      given = schema.isDefined() ? schema.get() : null;
      String name = new CloudFilesOptions(options, given != null).format();
      format = SourceFormat.named(name);
      if (given == null) {
        format.mayBeInferredForStreams();
      }
      this.options = new CloudFilesOptions(options, given != null || format.fixedColumns() != null);
      // What is wrong with these is told before any file is looked at.
      this.options.evolutionMode();
      SchemaHints.apply(new StructType(), this.options.schemaHints());
      var zone = ZoneId.of(this.session.sessionState().conf().sessionLocalTimeZone());
      try {
        folder =
            new SourceFolder(
                this.options.path(),
                this.session.sessionState().newHadoopConf(),
                new FileFilter(this.options, zone));
        folder.mustExist(this.options.path());
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
      partitions = new PartitionFolders(folder, zone);
    }

    StreamSchema.Resolved schema() {
      return StreamSchema.of(session, options, given, format, folder, partitions);
    }
  }
}
