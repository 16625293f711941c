package lakeshell.autoloader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The versions of a schema in a schema location: `_schemas/0`, `_schemas/1`, …; each a line "v1"
 * and JSON. A version appears whole or not at all.
 */
final class SchemaStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final CheckpointFileManager files;

  SchemaStore(String schemaLocation, Configuration settings) {
    folder = new Path(schemaLocation, "_schemas");
    files = CheckpointFileManager$.MODULE$.create(folder, settings);
  }

  /** The newest version; null when there is none. */
  StoredSchema latest() {
    try {
      long newest = newest();
      return newest < 0 ? null : read(new Path(folder, String.valueOf(newest)));
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  void add(StoredSchema schema) {
    String text =
        "v1\n"
            + JSON.createObjectNode()
                .put("dataSchemaJson", schema.data().json())
                .put("partitionSchemaJson", schema.partitions().json());
    try {
      files.mkdirs(folder);
      Path version = new Path(folder, String.valueOf(newest() + 1));
      var out = files.createAtomic(version, false);
      try {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.close();
      } catch (IOException | RuntimeException error) {
        out.cancel();
        throw error;
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private long newest() throws IOException {
    if (!files.exists(folder)) {
      return -1;
    }
    long newest = -1;
    for (FileStatus status : files.list(folder)) {
      String name = status.getPath().getName();
      if (name.matches("\\d{1,18}")) {
        newest = Math.max(newest, Long.parseLong(name));
      }
    }
    return newest;
  }

  private StoredSchema read(Path version) throws IOException {
    try (var in = files.open(version)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!text.startsWith("v1\n")) {
        throw new CloudFilesException(
            "CF_SCHEMA_LOG_UNREADABLE", "The file " + version + " holds no version of a schema.");
      }
      JsonNode json = JSON.readTree(text.substring(3));
      return new StoredSchema(schema(json, "dataSchemaJson"), schema(json, "partitionSchemaJson"));
    }
  }

  private static StructType schema(JsonNode json, String field) {
    return (StructType) DataType.fromJson(json.path(field).asText());
  }
}
