package lakeshell.autoloader;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The top-level names of a schema, for looking them up quickly. */
final class FieldNames {
  private final Map<String, Integer> indexes = new HashMap<>();
  private final Set<String> lower = new HashSet<>();
  private final boolean[] nested;

  FieldNames(StructType schema) {
    StructField[] fields = schema.fields();
    nested = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      DataType type = fields[i].dataType();
      indexes.put(fields[i].name(), i);
      lower.add(fields[i].name().toLowerCase(Locale.ROOT));
      nested[i] =
          type instanceof StructType || type instanceof ArrayType || type instanceof MapType;
    }
  }

  /** The place of a name, in this very case; null when there is none. */
  Integer index(String name) {
    return indexes.get(name);
  }

  /** Whether a column has this name, in whatever case. */
  boolean isCase(String name) {
    return lower.contains(name.toLowerCase(Locale.ROOT));
  }

  boolean nested(int index) {
    return nested[index];
  }
}
