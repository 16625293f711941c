package lakeshell.autoloader;

import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_values;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.transform_values;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A value of the type that a file has, as one of the type that the stream's schema has: fields are
 * found by name, and types that hold all values of the file's are cast to. What finds no place
 * there is the rest, which is rescued.
 */
class Fit {
  /**
   * @param value of the wanted type
   * @param rest what `value` lacks, null in rows where it lacks nothing; of arrays and maps the
   *     whole. Null when no row can lack anything.
   */
  record Fitted(Column value, Column rest) {}

  private final boolean caseSensitive;
  private final Map<String, String> mismatches = new TreeMap<>();

  Fit(boolean caseSensitive) {
    this.caseSensitive = caseSensitive;
  }

  /** Fields whose types do not fit, as `a.b` and what is to be said of them. */
  final Map<String, String> mismatches() {
    return mismatches;
  }

  /** `own` is the type of `value`; `path` is the name of the field, as `a.b`. */
  final Fitted fit(Column value, DataType own, DataType wanted, String path) {
    if (Widening.same(own, wanted)) {
      return new Fitted(value, null);
    }
    if (own instanceof StructType from && wanted instanceof StructType to) {
      return fitStruct(value, from, to, path);
    }
    if (own instanceof ArrayType from && wanted instanceof ArrayType to) {
      return fitArray(value, from, to, path);
    }
    if (own instanceof MapType from && wanted instanceof MapType to) {
      return fitMap(value, from, to, path);
    }
    if (Widening.fits(own, wanted)) {
      return new Fitted(value.cast(wanted), null);
    }
    return mismatch(value, own, wanted, path);
  }

  Fitted mismatch(Column value, DataType own, DataType wanted, String path) {
    mismatches.put(
        path, "is " + own.sql() + " there, and the schema says " + wanted.sql());
    return new Fitted(lit(null).cast(wanted), value);
  }

  /** The field of `own` that is meant by `name`; null when there is none. */
  final StructField field(StructType own, String name) {
    StructField found = Schemas.find(own, name);
    return found == null || (caseSensitive && !found.name().equals(name)) ? null : found;
  }

  /** What is null where all of `rests` are, else a struct of them. Null when there are none. */
  static Column anyOf(List<Column> rests, List<Column> more) {
    if (rests.isEmpty()) {
      return null;
    }
    List<Column> fields = new ArrayList<>(rests);
    fields.addAll(more);
    Column any = rests.stream().map(Column::isNotNull).reduce(Column::or).get();
    return when(any, struct(fields.toArray(Column[]::new)));
  }

  private Fitted fitStruct(Column value, StructType own, StructType wanted, String path) {
    List<Column> fields = new ArrayList<>();
    List<Column> rests = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    for (StructField to : wanted.fields()) {
      StructField from = field(own, to.name());
      if (from == null) {
        fields.add(lit(null).cast(to.dataType()).as(to.name()));
        continue;
      }
      taken.add(from.name());
      Column part = value.getField(from.name());
      Fitted fitted = fit(part, from.dataType(), to.dataType(), path + "." + to.name());
      fields.add(fitted.value().as(to.name()));
      if (fitted.rest() != null) {
        rests.add(fitted.rest().as(from.name()));
      }
    }
    for (StructField from : own.fields()) {
      if (!taken.contains(from.name())) {
        rests.add(value.getField(from.name()).as(from.name()));
      }
    }
    Column all = when(value.isNotNull(), struct(fields.toArray(Column[]::new)));
    return new Fitted(all, anyOf(rests, List.of()));
  }

  private Fitted fitArray(Column value, ArrayType own, ArrayType wanted, String path) {
    DataType from = own.elementType();
    DataType to = wanted.elementType();
    if (hopeless(from, to)) {
      return mismatch(value, own, wanted, path);
    }
    Column fitted = transform(value, item -> fit(item, from, to, path).value());
    boolean whole = fit(lit(null), from, to, path).rest() == null;
    Column rest =
        whole
            ? null
            : when(exists(value, item -> fit(item, from, to, path).rest().isNotNull()), value);
    return new Fitted(fitted, rest);
  }

  private Fitted fitMap(Column value, MapType own, MapType wanted, String path) {
    DataType from = own.valueType();
    DataType to = wanted.valueType();
    if (!Widening.same(own.keyType(), wanted.keyType()) || hopeless(from, to)) {
      return mismatch(value, own, wanted, path);
    }
    Column fitted = transform_values(value, (key, item) -> fit(item, from, to, path).value());
    boolean whole = fit(lit(null), from, to, path).rest() == null;
    Column values = map_values(value);
    Column rest =
        whole
            ? null
            : when(exists(values, item -> fit(item, from, to, path).rest().isNotNull()), value);
    return new Fitted(fitted, rest);
  }

  /** Whether no item could be kept. */
  boolean hopeless(DataType own, DataType wanted) {
    return nesting(own) != nesting(wanted)
        || (nesting(own) == 0 && !Widening.same(own, wanted) && !Widening.fits(own, wanted));
  }

  private static int nesting(DataType type) {
    if (type instanceof StructType) {
      return 1;
    }
    if (type instanceof ArrayType) {
      return 2;
    }
    return type instanceof MapType ? 3 : 0;
  }
}
