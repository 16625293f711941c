package lakeshell.autoloader;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.catalyst.json.JSONOptions;
import org.apache.spark.sql.catalyst.json.JsonInferSchema;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The fields of a batch's records, read in this thread without a Spark job: it may be asked for from
 * within a task, which must not wait for another task.
 */
final class JsonFields {
  // Characters. What lies behind is found by the tasks that read it, or at the next start.
  private static final long LOOK = 1L << 25;
  private static final long INFER = 1L << 28;

  /** What is done with a record's text. */
  private interface Use {
    void of(String record) throws IOException;
  }

  private final Batch batch;
  private final JSONOptions options;
  private final JsonFactory factory;
  private final JsonInferSchema inference;
  private final Collection<String> unknown = new TreeSet<>();
  private DataType fields = DataTypes.NullType;
  private long read;

  private JsonFields(Batch batch) {
    this.batch = batch;
    options = JsonSettings.of(batch);
    factory = options.buildJsonFactory();
    inference = new JsonInferSchema(options);
  }

  /** All fields of the batch with their types, by Spark's inference. */
  static StructType inferred(Batch batch) {
    JsonFields found = new JsonFields(batch);
    found.read(found::infer, INFER);
    return batch.options().inferColumnTypes() ? found.schema() : Schemas.asStrings(found.schema());
  }

  /** The names of fields at the batch's beginning that its schema does not know. */
  static Collection<String> unknown(Batch batch) {
    JsonFields found = new JsonFields(batch);
    found.read(found::look, LOOK);
    return found.unknown;
  }

  private void read(Use use, long most) {
    Configuration settings = batch.session().sessionState().newHadoopConf();
    JsonRecords records = JsonFormat.multiLine(batch) ? new JsonRecords(batch) : null;
    try {
      for (FoundFile file : batch.files()) {
        if (read < most) {
          read(new Path(file.path()), settings, records, use, most);
        }
      }
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private void read(
      Path path, Configuration settings, JsonRecords records, Use use, long most)
      throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(settings).getCodec(path);
    InputStream in = path.getFileSystem(settings).open(path);
    if (codec != null) {
      in = codec.createInputStream(in);
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      if (records != null) {
        for (String record : records.call(String.join("\n", lines.lines().toList()))) {
          use.of(record);
        }
        return;
      }
      for (String line = lines.readLine(); line != null && read < most; line = lines.readLine()) {
        use.of(line);
      }
    }
  }

  private void look(String record) throws IOException {
    read += record.length();
    try (JsonParser parser = factory.createParser(record)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        JsonUnknown.collect(parser, batch.data(), "", unknown);
      }
    } catch (JsonProcessingException broken) {
      // Its text is rescued whole; it says nothing about fields.
    }
  }

  private void infer(String record) throws IOException {
    read += record.length();
    try (JsonParser parser = factory.createParser(record)) {
      if (parser.nextToken() != null) {
        DataType type = inference.inferField(parser);
        fields = JsonInferSchema.compatibleType(fields, type, DataTypes.StringType);
      }
    } catch (JsonProcessingException broken) {
      // Its text is rescued whole; it says nothing about fields.
    }
  }

  private StructType schema() {
    DataType type = fields instanceof ArrayType array ? array.elementType() : fields;
    var canonical = inference.canonicalizeType(type, options);
    return canonical.isDefined() && canonical.get() instanceof StructType struct
        ? struct
        : new StructType();
  }
}
