package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Where the schema of files comes from: given, fixed by the format, remembered, inferred. */
final class StreamSchema {
  private static final String SAMPLE = "spark.databricks.cloudFiles.schemaInference.sampleSize.";

  private StreamSchema() {}

  /** The schema, and the columns of a row in their order. */
  record Resolved(StoredSchema schema, StructType columns, SchemaStore store) {}

  /**
   * `given` is the schema that `.schema(…)` gave, or null. What is inferred is written to the
   * schema location at once.
   */
  static Resolved of(
      SparkSession session, CloudFilesOptions options, StructType given, SourceFormat format,
      SourceFolder folder, PartitionFolders partitions) {
    StructType declared = given == null ? format.fixedColumns() : given;
    if (declared != null) {
      List<FoundFile> files = sample(session, new Discovery(folder).look(path -> false, false));
      return declared(options, declared, given == null, files, partitions);
    }
    if (options.schemaLocation() == null) {
      throw new CloudFilesException(
          "CF_SCHEMA_LOCATION_REQUIRED",
          "Schema inference needs a place to remember the schema. Please name one with "
              + ".option(\"cloudFiles.schemaLocation\", \"<path>\"), or give the schema with .schema().");
    }
    SchemaStore store =
        new SchemaStore(options.schemaLocation(), session.sessionState().newHadoopConf());
    StoredSchema schema = store.latest();
    if (schema == null) {
      List<FoundFile> files = sample(session, new Discovery(folder).look(path -> false, true));
      schema = infer(session, options, format, files, partitions);
      store.add(schema);
    }
    return new Resolved(schema, schema.columns(options.rescuedDataColumn()), store);
  }

  /** The same for `files` that are read once, all of which are looked at. */
  static Resolved of(
      SparkSession session, CloudFilesOptions options, StructType given, SourceFormat format,
      List<FoundFile> files, PartitionFolders partitions) {
    StructType declared = given == null ? format.fixedColumns() : given;
    if (declared != null) {
      return declared(options, declared, given == null, files, partitions);
    }
    StoredSchema schema = infer(session, options, format, files, partitions);
    return new Resolved(schema, schema.columns(options.rescuedDataColumn()), null);
  }

  private static StoredSchema infer(
      SparkSession session, CloudFilesOptions options, SourceFormat format, List<FoundFile> files,
      PartitionFolders partitions) {
    if (files.isEmpty()) {
      throw new CloudFilesException(
          "CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE",
          "Cannot infer schema when the input path " + options.path() + " is empty. Try to start "
              + "the stream when there are files in the input path, or specify the schema.");
    }
    boolean typed = options.inferColumnTypes() || !format.untyped();
    StructType found = Schemas.distinct(format.infer(new Reading(session, options), files));
    StructType inFolders = partitions.infer(files, options.partitionColumns(), typed);
    StructType data =
        Schemas.without(
            typed ? found : Schemas.asStrings(found), List.of(inFolders.fieldNames()));
    StructType both = data;
    for (StructField field : inFolders.fields()) {
      both = both.add(field);
    }
    StructType hinted = SchemaHints.apply(both, options.schemaHints());
    if (options.rescuedDataColumn() != null) {
      hinted = Schemas.without(hinted, List.of(options.rescuedDataColumn()));
    }
    if (hinted.isEmpty()) {
      throw new CloudFilesException(
          "CF_FAILED_TO_INFER_SCHEMA",
          "Failed to infer schema for format " + options.format() + " from existing files in input "
              + "path " + options.path() + ". Please ensure you configured the options properly or "
              + "explicitly specify the schema.");
    }
    return divided(hinted, List.of(inFolders.fieldNames()));
  }

  private static Resolved declared(
      CloudFilesOptions options, StructType declared, boolean fixed, List<FoundFile> files,
      PartitionFolders partitions) {
    StructType inFolders =
        partitions.infer(files, options.partitionColumns(), options.inferColumnTypes());
    String rescued = options.rescuedDataColumn();
    StructType all = rescued == null ? declared : Schemas.without(declared, List.of(rescued));
    List<String> names = new ArrayList<>();
    for (StructField field : inFolders.fields()) {
      boolean known = Schemas.find(all, field.name()) != null;
      if (!known && (fixed || options.partitionColumns() != null)) {
        all = all.add(field);
        known = true;
      }
      if (known) {
        names.add(field.name());
      }
    }
    StructType columns = rescued == null ? all : all.add(rescued, "string");
    return new Resolved(divided(all, names), columns, null);
  }

  /** `all` as the columns of files and those of folders, which are `names`. */
  private static StoredSchema divided(StructType all, List<String> names) {
    List<String> others = new ArrayList<>();
    for (StructField field : all.fields()) {
      if (names.stream().noneMatch(field.name()::equalsIgnoreCase)) {
        others.add(field.name());
      }
    }
    return new StoredSchema(Schemas.without(all, names), Schemas.without(all, others));
  }

  /** As many of the files as inference looks at: by default 1,000, or 50 GB. */
  private static List<FoundFile> sample(SparkSession session, List<FoundFile> files) {
    long most = Long.parseLong(session.conf().get(SAMPLE + "numFiles", "1000"));
    long bytes =
        JavaUtils.byteStringAsBytes(
            session.conf().get(SAMPLE + "numBytes", "50gb"));
    List<FoundFile> sample = new ArrayList<>();
    for (FoundFile file : files) {
      if (sample.size() >= most || bytes <= 0) {
        break;
      }
      sample.add(file);
      bytes -= file.size();
    }
    return sample;
  }
}
