package lakeshell.autoloader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * readerCaseSensitive=false: a record with the schema's own names where they differ in case only,
 * since Spark's parser of JSON always minds the case.
 */
final class JsonNames implements UDF1<String, String> {
  private final JSONOptions options;
  private final StructType schema;
  private transient ObjectMapper mapper;

  JsonNames(Batch batch) {
    options = JsonSettings.of(batch);
    schema = batch.data();
  }

  @Override
  public String call(String record) {
    if (record == null || record.isBlank()) {
      return record;
    }
    if (mapper == null) {
      JsonFactory factory = options.buildJsonFactory();
      mapper =
          new ObjectMapper(factory)
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));
    }
    try {
      return mapper.writeValueAsString(renamed(mapper.readTree(record), schema));
    } catch (JsonProcessingException broken) {
      return record;
    }
  }

  private static JsonNode renamed(JsonNode value, DataType type) {
    if (type instanceof StructType struct && value instanceof ObjectNode object) {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        StructField field = Schemas.find(struct, entry.getKey());
        if (field == null) {
          result.set(entry.getKey(), entry.getValue());
        } else {
          result.set(field.name(), renamed(entry.getValue(), field.dataType()));
        }
      }
      return result;
    }
    if (type instanceof ArrayType array && value instanceof ArrayNode items) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      items.forEach(item -> result.add(renamed(item, array.elementType())));
      return result;
    }
    return value;
  }
}
