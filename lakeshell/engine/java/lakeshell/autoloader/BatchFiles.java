package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.InternalRow$;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Predicate$;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.execution.datasources.PartitionDirectory$;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Files as Spark's scan wants them, with the values of their partition columns. Nothing is listed:
 * the files are known.
 */
final class BatchFiles implements FileIndex {
  private final StructType partitions;
  private final Map<List<Object>, List<FoundFile>> byValues = new LinkedHashMap<>();
  private RuntimeException refusal;

  /** `valuesOf` gives a file's values of `partitions`, as Spark holds them internally. */
  BatchFiles(
      StructType partitions, Function<FoundFile, List<Object>> valuesOf, List<FoundFile> files) {
    this.partitions = partitions;
    for (FoundFile file : files) {
      byValues.computeIfAbsent(valuesOf.apply(file), values -> new ArrayList<>()).add(file);
    }
  }

  static BatchFiles unpartitioned(List<FoundFile> files) {
    return new BatchFiles(new StructType(), file -> List.of(), files);
  }

  /** No files: whoever asks for them, to read them, gets `refusal`. */
  static BatchFiles refusing(RuntimeException refusal) {
    BatchFiles none = unpartitioned(List.of());
    none.refusal = refusal;
    return none;
  }

  @Override
  public Seq<PartitionDirectory> listFiles(Seq<Expression> partition, Seq<Expression> data) {
    if (refusal != null) {
      throw refusal;
    }
    List<BasePredicate> conditions = new ArrayList<>();
    CollectionConverters.asJava(partition).forEach(filter -> conditions.add(bound(filter)));
    List<PartitionDirectory> kept = new ArrayList<>();
    byValues.forEach(
        (values, files) -> {
          InternalRow row = InternalRow$.MODULE$.fromSeq(Scala.seq(values));
          if (conditions.stream().allMatch(condition -> condition.eval(row))) {
            FileStatus[] statuses =
                files.stream().map(FoundFile::status).toArray(FileStatus[]::new);
            kept.add(PartitionDirectory$.MODULE$.apply(row, statuses));
          }
        });
    return Scala.seq(kept);
  }

  /** A filter of partition columns, which it names by ids of the query's own, over their values. */
  private BasePredicate bound(Expression filter) {
    List<Attribute> columns = new ArrayList<>();
    for (Attribute column : CollectionConverters.asJava(DataTypeUtils.toAttributes(partitions))) {
      Attribute own = column;
      for (Attribute named : CollectionConverters.asJava(filter.references().toSeq())) {
        if (named.name().equalsIgnoreCase(column.name())) {
          own = named;
        }
      }
      columns.add(own);
    }
    return Predicate$.MODULE$.create(filter, Scala.seq(columns));
  }

  @Override
  public Seq<Path> rootPaths() {
    return Scala.seq(List.of());
  }

  @Override
  public String[] inputFiles() {
    return byValues.values().stream()
        .flatMap(List::stream)
        .map(FoundFile::path)
        .toArray(String[]::new);
  }

  @Override
  public void refresh() {
    // a batch's files stay what they are
  }

  @Override
  public long sizeInBytes() {
    return byValues.values().stream().flatMap(List::stream).mapToLong(FoundFile::size).sum();
  }

  @Override
  public StructType partitionSchema() {
    return partitions;
  }
}
