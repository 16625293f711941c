package lakeshell.autoloader;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.from_xml;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.replace;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Values of XML, which may stand there as text, and elements, which may be repeated. */
final class XmlFit extends Fit {
  private final Map<String, String> options;

  /** `options` say how a text becomes a value. */
  XmlFit(Map<String, String> options) {
    super(false);
    this.options = options;
  }

  @Override
  boolean hopeless(DataType own, DataType wanted) {
    return false;
  }

  @Override
  Fitted mismatch(Column value, DataType own, DataType wanted, String path) {
    if (own instanceof ArrayType array && !(wanted instanceof ArrayType)) {
      Fitted first = fit(get(value, lit(0)), array.elementType(), wanted, path);
      Column lost = size(value).gt(1);
      Column whole = first.rest() == null ? lost : lost.or(first.rest().isNotNull());
      return new Fitted(when(not(lost), first.value()), when(whole, value));
    }
    if (own instanceof StringType && !(wanted instanceof StructType)) {
      Column typed = typed(value, wanted);
      return new Fitted(typed, when(typed.isNull().and(trim(value).notEqual("")), value));
    }
    return super.mismatch(value, own, wanted, path);
  }

  /** A text as a value of `type`, by Spark's own parser of XML; null when it is none. */
  private Column typed(Column text, DataType type) {
    Column escaped = replace(replace(text, lit("&"), lit("&amp;")), lit("<"), lit("&lt;"));
    Column xml = concat(lit("<r><v>"), escaped, lit("</v></r>"));
    return from_xml(xml, new StructType().add("v", type), options).getField("v");
  }
}
