package lakeshell.autoloader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.TableFunctionRegistry$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.classic.SparkSession$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * `read_files('/path', 'option', 'value', …)` in SQL: what lies in a folder now, read once as Auto
 * Loader reads it. lakeshell/dialect/files/reading.py writes such calls.
 *
 * <p>Spark loads this class as an extension of its sessions. The function is one of the built-in
 * ones, because no view may name any other that the metastore does not hold.
 */
public final class ReadFiles extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  private static final String NAME = "read_files";

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    Function1<Seq<Expression>, LogicalPlan> plan = ReadFiles::plan;
    TableFunctionRegistry$.MODULE$
        .builtin()
        .registerFunction(
            new FunctionIdentifier(NAME),
            new ExpressionInfo(ReadFiles.class.getName(), NAME),
            plan);
    return BoxedUnit.UNIT;
  }

  private static LogicalPlan plan(Seq<Expression> arguments) {
    Map<String, String> given = options(CollectionConverters.asJava(arguments));
    String ddl = given.remove("schema");
    StructType schema = ddl == null ? null : columns(ddl);
    SourceFormat format =
        SourceFormat.named(new CloudFilesOptions(Scala.map(given), schema != null).format());
    boolean declared = schema != null || format.fixedColumns() != null;
    CloudFilesOptions options = new CloudFilesOptions(Scala.map(given), declared);
    if (options.rescuedDataColumn() == null) {
      // A name in another case has no other place than the column.
      given.putIfAbsent("readerCaseSensitive", "false");
      options = new CloudFilesOptions(Scala.map(given), declared);
    }
    return rows((SparkSession) SparkSession$.MODULE$.active(), options, schema, format);
  }

  /** The first argument is the path; names and values follow in turn. */
  private static Map<String, String> options(List<Expression> arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i + 1 < arguments.size(); i += 2) {
      options.put(text(arguments.get(i)), text(arguments.get(i + 1)));
    }
    options.put("path", arguments.isEmpty() ? "" : text(arguments.get(0)));
    return options;
  }

  private static String text(Expression literal) {
    return String.valueOf(literal.eval(null));
  }

  private static StructType columns(String ddl) {
    if (DataType.fromDDL(ddl) instanceof StructType columns) {
      return columns.asNullable();
    }
    throw new CloudFilesException(
        "CF_INVALID_OPTION_VALUE", "schema must name columns and their types, not " + ddl + ".");
  }

  private static LogicalPlan rows(
      SparkSession session, CloudFilesOptions options, StructType given, SourceFormat format) {
    var zone = ZoneId.of(session.sessionState().conf().sessionLocalTimeZone());
    SourceFolder folder;
    List<FoundFile> files;
    try {
      folder =
          new SourceFolder(
              options.path(), session.sessionState().newHadoopConf(), new FileFilter(options, zone));
      files = new Discovery(folder).all();
      if (files.isEmpty() && !folder.exists()) {
        throw new CloudFilesException(
            "PATH_NOT_FOUND", "Path does not exist: " + options.path() + ".");
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    PartitionFolders partitions = new PartitionFolders(folder, zone);
    var schema = StreamSchema.of(session, options, given, format, files, partitions);
    EvolutionMode mode = options.passesOver() ? EvolutionMode.NONE : EvolutionMode.RESCUE;
    Batch batch =
        new Batch(
            session, options, files, schema.schema(), schema.columns(), partitions,
            new Evolution(mode, null, schema.schema()), false);
    Dataset<Row> rows = batch.finished(format.read(batch));
    return ((org.apache.spark.sql.classic.Dataset<Row>) rows).logicalPlan();
  }
}
