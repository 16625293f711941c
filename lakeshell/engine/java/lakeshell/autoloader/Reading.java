package lakeshell.autoloader;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.classic.Dataset$;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation$;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** What every look at files needs: the session, the options, and Spark's relation over files. */
class Reading {
  private final SparkSession session;
  private final CloudFilesOptions options;

  Reading(SparkSession session, CloudFilesOptions options) {
    this.session = session;
    this.options = options;
  }

  SparkSession session() {
    return session;
  }

  CloudFilesOptions options() {
    return options;
  }

  /** The user's options for Spark's parser, changed or added to by pairs of name and value. */
  Map<String, String> readerOptions(String... changes) {
    Map<String, String> result = new HashMap<>(options.reader());
    for (int i = 0; i < changes.length; i += 2) {
      String name = changes[i];
      result.keySet().removeIf(name::equalsIgnoreCase);
      result.put(name, changes[i + 1]);
    }
    return result;
  }

  /** A column by its name, whatever characters that has. */
  static Column quoted(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /** A plain look at `files`, outside of the stream. */
  Dataset<Row> look(
      FileFormat format, StructType data, Map<String, String> settings, List<FoundFile> files) {
    return rows(format, data, settings, BatchFiles.unpartitioned(files), false);
  }

  final Dataset<Row> rows(
      FileFormat format, StructType data, Map<String, String> settings, BatchFiles files,
      boolean streaming) {
    HadoopFsRelation relation =
        new HadoopFsRelation(
            files,
            files.partitionSchema(),
            data,
            Option.empty(),
            format,
            Scala.map(settings),
            session);
    return Dataset$.MODULE$.ofRows(session, LogicalRelation$.MODULE$.apply(relation, streaming));
  }
}
