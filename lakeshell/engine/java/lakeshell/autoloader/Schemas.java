package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Schemas compared and widened. Names that differ in case only are the same name here. */
final class Schemas {
  private Schemas() {}

  /** Every column a STRING. */
  static StructType asStrings(StructType schema) {
    StructType strings = new StructType();
    for (StructField field : schema.fields()) {
      strings = strings.add(field.name(), DataTypes.StringType);
    }
    return strings;
  }

  /** `schema` without columns of these names. */
  static StructType without(StructType schema, Collection<String> names) {
    StructType rest = new StructType();
    for (StructField field : schema.fields()) {
      if (names.stream().noneMatch(field.name()::equalsIgnoreCase)) {
        rest = rest.add(field);
      }
    }
    return rest;
  }

  /**
   * One field for each name: of those that differ in case only, Spark has inferred several. The one
   * that sorts last stays, which is the one in lower case.
   */
  static StructType distinct(StructType schema) {
    Map<String, StructField> fields = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      StructField other = fields.remove(name);
      fields.put(
          name, other == null || other.name().compareTo(field.name()) < 0 ? field : other);
    }
    StructType result = new StructType();
    for (StructField field : fields.values()) {
      result = result.add(field.name(), distinctWithin(field.dataType()));
    }
    return result;
  }

  private static DataType distinctWithin(DataType type) {
    if (type instanceof StructType struct) {
      return distinct(struct);
    }
    if (type instanceof ArrayType array) {
      return DataTypes.createArrayType(distinctWithin(array.elementType()), array.containsNull());
    }
    return type;
  }

  /** The paths (`a`, `a.b`) of fields that `seen` has and `known` lacks, sorted. */
  static Collection<String> unknown(StructType known, StructType seen) {
    Collection<String> names = new TreeSet<>();
    collect(known, seen, "", names);
    return names;
  }

  private static void collect(
      DataType known, DataType seen, String prefix, Collection<String> names) {
    if (known instanceof ArrayType one && seen instanceof ArrayType other) {
      collect(one.elementType(), other.elementType(), prefix, names);
    } else if (known instanceof StructType one && seen instanceof StructType other) {
      for (StructField field : other.fields()) {
        StructField same = find(one, field.name());
        if (same == null) {
          names.add(prefix + field.name());
        } else {
          collect(same.dataType(), field.dataType(), prefix + field.name() + ".", names);
        }
      }
    }
  }

  /** `known` with the fields that only `seen` has, last; known types stay. */
  static StructType widen(StructType known, StructType seen) {
    return (StructType) widened(known, seen);
  }

  private static DataType widened(DataType known, DataType seen) {
    if (known instanceof ArrayType one && seen instanceof ArrayType other) {
      return DataTypes.createArrayType(
          widened(one.elementType(), other.elementType()), one.containsNull());
    }
    if (!(known instanceof StructType) || !(seen instanceof StructType)) {
      return known;
    }
    StructType one = (StructType) known;
    StructType other = (StructType) seen;
    List<StructField> fields = new ArrayList<>();
    for (StructField field : one.fields()) {
      StructField same = find(other, field.name());
      DataType type = same == null ? field.dataType() : widened(field.dataType(), same.dataType());
      fields.add(new StructField(field.name(), type, field.nullable(), field.metadata()));
    }
    for (StructField field : other.fields()) {
      if (find(one, field.name()) == null) {
        fields.add(new StructField(field.name(), field.dataType(), true, field.metadata()));
      }
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  /** The field of that name, in the same case if there is one; null when there is none. */
  static StructField find(StructType schema, String name) {
    StructField alike = null;
    for (StructField field : schema.fields()) {
      if (field.name().equals(name)) {
        return field;
      }
      if (field.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        alike = field;
      }
    }
    return alike;
  }
}
