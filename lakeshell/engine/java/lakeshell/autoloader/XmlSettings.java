package lakeshell.autoloader;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.execution.datasources.xml.XmlFileFormat;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Spark's options of XML for a stream, and the schemas with which its files are read. */
final class XmlSettings {
  private static final Set<String> OF_VALUES =
      Set.of(
          "timestampformat", "timestampntzformat", "dateformat", "locale", "timezone", "nullvalue",
          "ignoresurroundingspaces");

  private XmlSettings() {}

  /** Raises XML_ROW_TAG_MISSING. */
  static Map<String, String> of(Reading reading, String... changes) {
    if (reading.options().reader("rowTag", "").isBlank()) {
      throw new CloudFilesException(
          "XML_ROW_TAG_MISSING",
          "Reading XML needs the option rowTag, the name of the element that is a row.");
    }
    Map<String, String> options = new HashMap<>(reading.readerOptions(changes));
    // Spark's newer parser hands out the whole file where one of its records is broken, and reads
    // no further.
    options.put("useLegacyXMLParser", "true");
    return options;
  }

  /** Those that say how a text becomes a value. */
  static Map<String, String> ofValues(Reading reading) {
    Map<String, String> options = new HashMap<>();
    reading
        .readerOptions()
        .forEach(
            (name, value) -> {
              if (OF_VALUES.contains(name.toLowerCase(Locale.ROOT))) {
                options.put(name, value);
              }
            });
    return options;
  }

  static boolean permissive(Reading reading) {
    return reading.options().reader("mode", "PERMISSIVE").equalsIgnoreCase("PERMISSIVE");
  }

  static String corruptColumn(Reading reading) {
    String standard = reading.session().sessionState().conf().columnNameOfCorruptRecord();
    return reading.options().reader("columnNameOfCorruptRecord", standard);
  }

  /** What Spark infers of `files`. */
  static StructType inferred(Reading reading, List<FoundFile> files) {
    return inferred(reading, files, of(reading));
  }

  /** The fields of all records of `files`; their types only where the stream's are inferred. */
  static StructType seen(Reading reading, List<FoundFile> files) {
    String types = String.valueOf(reading.options().inferColumnTypes());
    return inferred(
        reading,
        files,
        of(reading, "samplingRatio", "1.0", "inferSchema", types, "mode", "PERMISSIVE"));
  }

  private static StructType inferred(
      Reading reading, List<FoundFile> files, Map<String, String> options) {
    List<FileStatus> statuses = files.stream().map(FoundFile::status).toList();
    if (statuses.isEmpty()) {
      return new StructType();
    }
    var found =
        new XmlFileFormat()
            .inferSchema(reading.session(), Scala.map(options), Scala.seq(statuses));
    return found.isEmpty()
        ? new StructType()
        : Schemas.without(found.get(), List.of(corruptColumn(reading)));
  }

  /**
   * The fields with which files are read: those of `known` by its types, and what only `seen` has
   * as text. An element that is repeated is read as an array, whatever its column's type.
   */
  static StructType readable(StructType known, StructType seen) {
    StructType result = new StructType();
    for (StructField field : known.fields()) {
      StructField alike = Schemas.find(seen, field.name());
      DataType type =
          alike == null ? field.dataType() : readable(field.dataType(), alike.dataType());
      result = result.add(field.name(), type);
    }
    for (StructField field : seen.fields()) {
      if (Schemas.find(known, field.name()) == null) {
        result = result.add(field.name(), texts(field.dataType()));
      }
    }
    return result;
  }

  private static DataType readable(DataType known, DataType seen) {
    if (known instanceof StructType one && seen instanceof StructType other) {
      return readable(one, other);
    }
    if (known instanceof ArrayType one) {
      DataType item = seen instanceof ArrayType other ? other.elementType() : seen;
      return DataTypes.createArrayType(readable(one.elementType(), item));
    }
    if (seen instanceof ArrayType other) {
      return DataTypes.createArrayType(readable(known, other.elementType()));
    }
    return known;
  }

  /** The same fields, with text for every plain value. */
  static StructType texts(StructType schema) {
    return (StructType) texts((DataType) schema);
  }

  private static DataType texts(DataType type) {
    if (type instanceof StructType struct) {
      StructType result = new StructType();
      for (StructField field : struct.fields()) {
        result = result.add(field.name(), texts(field.dataType()));
      }
      return result;
    }
    if (type instanceof ArrayType array) {
      return DataTypes.createArrayType(texts(array.elementType()));
    }
    if (type instanceof MapType map) {
      return DataTypes.createMapType(DataTypes.StringType, texts(map.valueType()));
    }
    return DataTypes.StringType;
  }
}
