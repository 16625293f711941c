package lakeshell.autoloader;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collection;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The names in a record that a schema does not know, in any case, as `a` or `a.b`. */
final class JsonUnknown {
  private JsonUnknown() {}

  /** `parser` stands at the first token of a value of `type`, and ends at its last. */
  static void collect(JsonParser parser, DataType type, String prefix, Collection<String> names)
      throws IOException {
    if (type instanceof ArrayType array && parser.currentToken() == JsonToken.START_ARRAY) {
      while (!end(parser.nextToken(), JsonToken.END_ARRAY)) {
        collect(parser, array.elementType(), prefix, names);
      }
    } else if (type instanceof StructType struct
        && parser.currentToken() == JsonToken.START_OBJECT) {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        StructField field = Schemas.find(struct, name);
        if (field == null) {
          names.add(prefix + name);
          parser.skipChildren();
        } else {
          collect(parser, field.dataType(), prefix + name + ".", names);
        }
      }
    } else {
      parser.skipChildren();
    }
  }

  private static boolean end(JsonToken token, JsonToken last) {
    return token == null || token == last;
  }
}
