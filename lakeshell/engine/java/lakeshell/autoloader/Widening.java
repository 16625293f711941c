package lakeshell.autoloader;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Which types hold all values of which others, and schemas of several files as one. */
final class Widening {
  private Widening() {}

  /** Whether the two differ at most in what may be null. */
  static boolean same(DataType one, DataType other) {
    return one.asNullable().equals(other.asNullable());
  }

  /** Whether a cast of any value of the plain type `from` to `to` keeps it. */
  static boolean fits(DataType from, DataType to) {
    if (from instanceof NullType) {
      return true;
    }
    if (from instanceof StringType || from instanceof BinaryType) {
      return to instanceof StringType || to instanceof BinaryType;
    }
    if (from instanceof DateType) {
      return to instanceof TimestampNTZType;
    }
    if (from instanceof TimestampNTZType) {
      return to instanceof TimestampType;
    }
    if (from instanceof FloatType) {
      return to instanceof DoubleType;
    }
    DecimalType digits = digits(from);
    if (digits == null) {
      return false;
    }
    if (to instanceof DecimalType wide) {
      return wide.scale() >= digits.scale() && whole(wide) >= whole(digits);
    }
    if (from instanceof DecimalType) {
      return false;
    }
    return bits(from) <= bits(to);
  }

  /** A type for values of both; null when there is none that loses nothing. */
  static DataType both(DataType one, DataType other) {
    if (same(one, other) || fits(other, one)) {
      return one;
    }
    if (fits(one, other)) {
      return other;
    }
    DecimalType left = digits(one);
    DecimalType right = digits(other);
    if (left != null && right != null) {
      int scale = Math.max(left.scale(), right.scale());
      int precision = Math.max(whole(left), whole(right)) + scale;
      return precision <= DecimalType.MAX_PRECISION() ? new DecimalType(precision, scale) : null;
    }
    boolean floats = one instanceof FloatType || other instanceof FloatType;
    boolean integers = one instanceof IntegerType || other instanceof IntegerType;
    return floats && integers ? DataTypes.DoubleType : null;
  }

  /** The fields of both; of those whose types contradict one another the type of `one`. */
  static StructType merged(StructType one, StructType other) {
    List<StructField> fields = new ArrayList<>();
    for (StructField field : one.fields()) {
      StructField alike = Schemas.find(other, field.name());
      DataType type = alike == null ? field.dataType() : merged(field.dataType(), alike.dataType());
      fields.add(DataTypes.createStructField(field.name(), type, true));
    }
    for (StructField field : other.fields()) {
      if (Schemas.find(one, field.name()) == null) {
        fields.add(field);
      }
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  private static DataType merged(DataType one, DataType other) {
    if (one instanceof StructType left && other instanceof StructType right) {
      return merged(left, right);
    }
    if (one instanceof ArrayType left && other instanceof ArrayType right) {
      return DataTypes.createArrayType(merged(left.elementType(), right.elementType()));
    }
    if (one instanceof MapType left && other instanceof MapType right) {
      return DataTypes.createMapType(left.keyType(), merged(left.valueType(), right.valueType()));
    }
    DataType both = both(one, other);
    return both == null ? one : both;
  }

  /** A number's type as the decimal that just holds it; null for other types. */
  private static DecimalType digits(DataType type) {
    if (type instanceof DecimalType decimal) {
      return decimal;
    }
    if (type instanceof ByteType) {
      return new DecimalType(3, 0);
    }
    if (type instanceof ShortType) {
      return new DecimalType(5, 0);
    }
    if (type instanceof IntegerType) {
      return new DecimalType(10, 0);
    }
    return type instanceof LongType ? new DecimalType(20, 0) : null;
  }

  private static int whole(DecimalType type) {
    return type.precision() - type.scale();
  }

  /** The size of whole numbers that a type holds exactly; -1 when it is no such type. */
  private static int bits(DataType type) {
    if (type instanceof ByteType) {
      return 8;
    }
    if (type instanceof ShortType) {
      return 16;
    }
    if (type instanceof FloatType) {
      return 24;
    }
    if (type instanceof IntegerType) {
      return 32;
    }
    if (type instanceof DoubleType) {
      return 53;
    }
    return type instanceof LongType ? 64 : -1;
  }
}
