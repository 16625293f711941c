package lakeshell.autoloader;

import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A record as it was read, fitted to the stream's schema field by field. */
final class FittedRecord {
  private final StructType own;
  private final Column record;
  private final Map<String, Fit.Fitted> values = new HashMap<>();
  private final List<Column> rests = new ArrayList<>();

  /**
   * `own` is the schema of the record, `wanted` has the columns of the stream's that files give;
   * `record` is the struct it stands in, null when its fields are columns.
   */
  FittedRecord(StructType own, Column record, StructType wanted, Fit fit) {
    this.own = own;
    this.record = record;
    Map<String, Fit.Fitted> taken = new HashMap<>();
    for (StructField to : wanted.fields()) {
      StructField from = fit.field(own, to.name());
      if (from != null) {
        Fit.Fitted fitted = fit.fit(part(from), from.dataType(), to.dataType(), to.name());
        values.put(to.name(), fitted);
        taken.put(from.name(), fitted);
      }
    }
    for (StructField from : own.fields()) {
      Fit.Fitted fitted = taken.get(from.name());
      Column rest = fitted == null ? part(from) : fitted.rest();
      if (rest != null) {
        rests.add(rest.as(from.name()));
      }
    }
  }

  /** The value of a column of the stream's; null where the record has none that fits. */
  Column value(StructField wanted) {
    Fit.Fitted fitted = values.get(wanted.name());
    return fitted == null ? lit(null).cast(wanted.dataType()) : fitted.value();
  }

  /** What of the record finds no place in the stream's columns, by the record's own names. */
  List<Column> rests() {
    return rests;
  }

  /** Whether nothing is in it. */
  Column empty() {
    return Arrays.stream(own.fields())
        .map(field -> part(field).isNull())
        .reduce(lit(true), Column::and);
  }

  private Column part(StructField field) {
    return record == null ? Reading.quoted(field.name()) : record.getField(field.name());
  }
}
