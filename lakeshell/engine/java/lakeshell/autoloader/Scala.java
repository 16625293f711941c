package lakeshell.autoloader;

import java.util.Collection;
import java.util.Map;
import scala.collection.immutable.Seq;
import scala.collection.immutable.Set;
import scala.jdk.javaapi.CollectionConverters;

/** Java's collections as Scala's, which Spark's own classes take. */
final class Scala {
  private Scala() {}

  static <T> Seq<T> seq(Collection<T> items) {
    return scala.collection.immutable.List$.MODULE$.from(CollectionConverters.asScala(items));
  }

  static <T> Set<T> set(Collection<T> items) {
    return scala.collection.immutable.Set$.MODULE$.from(CollectionConverters.asScala(items));
  }

  static <K, V> scala.collection.immutable.Map<K, V> map(Map<K, V> pairs) {
    return scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(pairs));
  }
}
