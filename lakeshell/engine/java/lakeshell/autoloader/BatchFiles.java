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
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.execution.datasources.PartitionDirectory$;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;

/**
 * Files as Spark's scan wants them, with the values of their partition columns. Nothing is listed:
 * the files are known.
 */
final class BatchFiles implements FileIndex {
  private final StructType partitions;
  private final Map<List<Object>, List<FoundFile>> byValues = new LinkedHashMap<>();

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

  @Override
  public Seq<PartitionDirectory> listFiles(Seq<Expression> partition, Seq<Expression> data) {
    // Spark filters the rows by `partition` again, so that files too many do no harm.
    List<PartitionDirectory> all = new ArrayList<>();
    byValues.forEach(
        (values, files) -> {
          FileStatus[] statuses =
              files.stream().map(FoundFile::status).toArray(FileStatus[]::new);
          InternalRow row = InternalRow$.MODULE$.fromSeq(Scala.seq(values));
          all.add(PartitionDirectory$.MODULE$.apply(row, statuses));
        });
    return Scala.seq(all);
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
