package lakeshell.autoloader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/**
 * What of a JSON record the parsed row does not hold, as JSON: unknown fields, those that differ
 * from a column in case only, and values that are there and were not of the column's type. Null
 * when the row holds all; {@link #NO_RECORD} when the row is to be left out.
 */
final class JsonRescue implements UDF2<String, Row, String> {
  static final String NO_RECORD = "";

  private final StructType schema;
  private final JSONOptions options;
  private final String corruptColumn;
  private final String evolution;
  private final boolean stops;
  private final String mode;
  private transient JsonFactory factory;
  private transient ObjectMapper mapper;
  private transient FieldNames names;

  JsonRescue(Batch batch) {
    schema = batch.data();
    options = JsonSettings.of(batch);
    corruptColumn = corruptColumn(batch);
    evolution = batch.evolution().id();
    stops = batch.evolution().mode().stops();
    mode = batch.options().reader("mode", "PERMISSIVE").toUpperCase(java.util.Locale.ROOT);
  }

  static String corruptColumn(Reading reading) {
    return JsonSettings.of(reading).columnNameOfCorruptRecord();
  }

  /** `row` is null where every column is a STRING, which takes any value. */
  @Override
  public String call(String record, Row row) throws IOException {
    if (record == null || record.isBlank()) {
      return NO_RECORD;
    }
    prepare();
    ObjectNode rescued = null;
    TreeSet<String> unknown = null;
    try (JsonParser parser = factory.createParser(record)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return corrupt(record);
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        Integer index = names.index(name);
        JsonNode left = null;
        if (index == null) {
          if (stops && !names.isCase(name)) {
            unknown = unknown == null ? new TreeSet<>() : unknown;
            unknown.add(name);
          }
          left = mapper.readTree(parser);
        } else if (token == JsonToken.VALUE_NULL) {
          continue;
        } else if (row != null && row.isNullAt(index)) {
          left = mapper.readTree(parser);
        } else if (names.nested(index)) {
          JsonNode value = mapper.readTree(parser);
          TreeSet<String> within = new TreeSet<>();
          left = left(value, schema.fields()[index].dataType(), row.get(index), name, within);
          if (stops && !within.isEmpty()) {
            unknown = unknown == null ? new TreeSet<>() : unknown;
            unknown.addAll(within);
          }
        } else {
          parser.skipChildren();
        }
        if (left != null) {
          rescued = rescued == null ? mapper.createObjectNode() : rescued;
          rescued.set(name, left);
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        return corrupt(record);
      }
    } catch (JsonProcessingException broken) {
      return corrupt(record);
    }
    if (unknown != null) {
      Evolution running = Evolution.of(evolution);
      if (running != null) {
        running.inRecord(unknown);
      }
    }
    return rescued == null ? null : withPath(rescued);
  }

  /** What of `value` the parsed `held` lacks; of an array or map with such a part, the whole. */
  private static JsonNode left(
      JsonNode value, DataType type, Object held, String path, TreeSet<String> unknown) {
    if (value.isNull()) {
      return null;
    }
    if (held == null) {
      return value;
    }
    if (type instanceof StructType struct && value.isObject() && held instanceof Row row) {
      ObjectNode rest = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        String name = field.getKey();
        JsonNode part;
        if (struct.getFieldIndex(name).isEmpty()) {
          if (Schemas.find(struct, name) == null) {
            unknown.add(path + "." + name);
          }
          part = field.getValue();
        } else {
          int index = struct.fieldIndex(name);
          part =
              left(
                  field.getValue(), struct.fields()[index].dataType(), row.get(index),
                  path + "." + name, unknown);
        }
        if (part != null) {
          rest.set(name, part);
        }
      }
      return rest.isEmpty() ? null : rest;
    }
    if (type instanceof ArrayType array && value.isArray()) {
      var items = ((scala.collection.Seq<?>) held).iterator();
      boolean whole = true;
      for (JsonNode item : value) {
        Object own = items.hasNext() ? items.next() : null;
        whole &= left(item, array.elementType(), own, path, unknown) == null;
      }
      return whole ? null : value;
    }
    if (type instanceof MapType map && value.isObject()) {
      var entries = (scala.collection.Map<Object, Object>) held;
      boolean whole = true;
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        Object own = entries.get(field.getKey()).getOrElse(() -> null);
        whole &= left(field.getValue(), map.valueType(), own, path, unknown) == null;
      }
      return whole ? null : value;
    }
    return null;
  }

  /** A text that is no record: kept whole, unless the mode of reading says otherwise. */
  private String corrupt(String record) {
    if (mode.equals("DROPMALFORMED")) {
      return NO_RECORD;
    }
    if (mode.equals("FAILFAST")) {
      throw new CloudFilesException(
          "MALFORMED_RECORD_IN_PARSING",
          "A record of " + CurrentFile.path() + " is no JSON object, and mode is FAILFAST.");
    }
    if (names.index(corruptColumn) != null) {
      return null;
    }
    return withPath(mapper.createObjectNode().put(corruptColumn, record));
  }

  private String withPath(ObjectNode rescued) {
    return rescued.put(CurrentFile.FIELD, CurrentFile.path()).toString();
  }

  private void prepare() {
    if (names == null) {
      factory = options.buildJsonFactory();
      mapper =
          new ObjectMapper()
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));
      names = new FieldNames(schema);
    }
  }
}
