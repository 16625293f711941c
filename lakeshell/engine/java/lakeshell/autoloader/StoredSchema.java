package lakeshell.autoloader;

import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A version of a stream's schema: the columns of its files, and those of its folders key=value. */
record StoredSchema(StructType data, StructType partitions) {

  /** All columns of a row, in their order; `rescued` is the name of the last one, or null. */
  StructType columns(String rescued) {
    StructType all = data;
    for (StructField field : partitions.fields()) {
      all = all.add(field);
    }
    return rescued == null ? all : all.add(rescued, "string");
  }

  Set<String> partitionNames() {
    return new TreeSet<>(Set.of(partitions.fieldNames()));
  }
}
