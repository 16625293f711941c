package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * cloudFiles.schemaHints: `version int, address.zip string, tags.element.id bigint`. A hint sets
 * the type of a column or nested field, and adds it where it is missing.
 */
final class SchemaHints {
  private SchemaHints() {}

  static StructType apply(StructType schema, String hints) {
    StructType result = schema;
    for (String hint : hints == null ? List.<String>of() : split(hints, ',')) {
      if (hint.isBlank()) {
        continue;
      }
      List<String> words = split(hint.strip(), ' ');
      if (words.size() < 2) {
        throw invalid(hint, null);
      }
      String type = hint.strip().substring(words.get(0).length()).strip();
      try {
        List<String> path =
            CollectionConverters.asJava(
                CatalystSqlParser$.MODULE$.parseMultipartIdentifier(words.get(0)));
        StructType parsed = CatalystSqlParser$.MODULE$.parseTableSchema("hint " + type);
        result = (StructType) set(result, path, parsed.fields()[0].dataType());
      } catch (Exception error) {
        throw invalid(hint, error);
      }
    }
    return result;
  }

  private static CloudFilesException invalid(String hint, Exception cause) {
    return new CloudFilesException(
        "CF_INVALID_SCHEMA_HINT",
        "cloudFiles.schemaHints holds '" + hint.strip() + "', which is no name with a type.",
        cause);
  }

  private static DataType set(DataType at, List<String> path, DataType type) {
    if (path.isEmpty()) {
      return type;
    }
    String name = path.get(0);
    List<String> rest = path.subList(1, path.size());
    if (at instanceof ArrayType array && name.equalsIgnoreCase("element")) {
      return DataTypes.createArrayType(set(array.elementType(), rest, type));
    }
    if (at instanceof MapType map && name.equalsIgnoreCase("key")) {
      return DataTypes.createMapType(set(map.keyType(), rest, type), map.valueType());
    }
    if (at instanceof MapType map && name.equalsIgnoreCase("value")) {
      return DataTypes.createMapType(map.keyType(), set(map.valueType(), rest, type));
    }
    StructType struct = at instanceof StructType known ? known : new StructType();
    StructField present = Schemas.find(struct, name);
    List<StructField> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(
          field == present
              ? DataTypes.createStructField(field.name(), set(field.dataType(), rest, type), true)
              : field);
    }
    if (present == null) {
      DataType added = set(rest.isEmpty() ? type : new StructType(), rest, type);
      fields.add(DataTypes.createStructField(name, added, true));
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  /** Split at a character that stands outside of backticks, quotes and brackets. */
  private static List<String> split(String text, char at) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    char quote = 0;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '`' || c == '\'' || c == '"') {
        quote = c;
      } else if (c == '<' || c == '(') {
        depth++;
      } else if (c == '>' || c == ')') {
        depth--;
      } else if (depth == 0 && (c == at || (at == ' ' && Character.isWhitespace(c)))) {
        parts.add(text.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(text.substring(begin));
    return parts;
  }
}
