package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Project$;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** One batch of a stream, or files that are read once: what its rows are to look like. */
final class Batch extends Reading {
  static final String METADATA = "_metadata";

  private final List<FoundFile> files;
  private final StoredSchema schema;
  private final StructType columns;
  private final PartitionFolders folders;
  private final Evolution evolution;
  private final boolean streaming;

  /** `columns` is the schema of the rows, in its order; `streaming`: they are a stream's. */
  Batch(
      SparkSession session,
      CloudFilesOptions options,
      List<FoundFile> files,
      StoredSchema schema,
      StructType columns,
      PartitionFolders folders,
      Evolution evolution,
      boolean streaming) {
    super(session, options);
    this.files = files;
    this.schema = schema;
    this.columns = columns;
    this.folders = folders;
    this.evolution = evolution;
    this.streaming = streaming;
  }

  List<FoundFile> files() {
    return files;
  }

  /** The columns to be read from the files: neither partition columns nor rescued data. */
  StructType data() {
    return schema.data();
  }

  /** The data column that a field of this name is read into; null when there is none. */
  StructField column(String name) {
    StructField alike = Schemas.find(schema.data(), name);
    boolean same = alike != null && alike.name().equals(name);
    return same || !options().readerCaseSensitive() ? alike : null;
  }

  /** The columns of a row, all of them. */
  StructType columns() {
    return columns;
  }

  /** The names of the columns whose values stand in names of folders. */
  List<String> partitions() {
    return List.of(schema.partitions().fieldNames());
  }

  /** The name of the column for what does not fit; null when there is none. */
  String rescued() {
    return options().rescuedDataColumn();
  }

  Evolution evolution() {
    return evolution;
  }

  /**
   * Spark's rows of some of the batch's files: `data`, the partition columns, and `_metadata`.
   * `settings` are options of Spark's reader.
   */
  Dataset<Row> rows(
      FileFormat format, StructType data, Map<String, String> settings, List<FoundFile> some) {
    BatchFiles index =
        new BatchFiles(
            schema.partitions(), file -> folders.values(file.path(), schema.partitions()), some);
    return rows(format, data, settings, index, streaming);
  }

  /**
   * `read` as a query wants it: its columns in order, and `_metadata` hidden, which Spark takes
   * up where a query names it.
   */
  Dataset<Row> finished(Dataset<Row> read) {
    LogicalPlan plan = ((org.apache.spark.sql.classic.Dataset<Row>) read).logicalPlan();
    List<NamedExpression> visible = new ArrayList<>();
    for (String name : columns.fieldNames()) {
      visible.add(attribute(plan, name));
    }
    Project project = new Project(Scala.seq(visible), plan);
    project.setTagValue(
        Project$.MODULE$.hiddenOutputTag(), Scala.seq(List.of(attribute(plan, METADATA))));
    return Dataset$.MODULE$.ofRows(session(), project);
  }

  private static Attribute attribute(LogicalPlan plan, String name) {
    for (Attribute one : CollectionConverters.asJava(plan.output())) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    throw new IllegalStateException("the format gave no column " + name);
  }
}
