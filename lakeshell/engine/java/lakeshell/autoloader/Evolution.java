package lakeshell.autoloader;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.spark.sql.types.StructType;

/**
 * What becomes of fields that a stream's schema does not know, by its mode.
 *
 * <p>Where they are found by reading headers and footers, that happens on the driver, in
 * {@link #inFiles}. Fields of JSON records are found by tasks. Tasks are threads of the same JVM
 * here: they reach the stream's object by its id, and the first one of them evolves the schema
 * while the others wait at its lock; so the new version is in place before anybody sees a failure.
 */
final class Evolution {
  private static final Map<String, Evolution> RUNNING = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final EvolutionMode mode;
  private final SchemaStore store;
  private final StoredSchema schema;
  private final Set<String> withoutType = new HashSet<>();
  private Supplier<StructType> fieldsOfBatch;
  private UnknownFieldException failure;

  /** `store` may be null where the mode never widens the schema. To be closed at the end. */
  Evolution(EvolutionMode mode, SchemaStore store, StoredSchema schema) {
    this.mode = mode;
    this.store = store;
    this.schema = schema;
    if (mode.stops()) {
      RUNNING.put(id, this);
    }
  }

  static Evolution of(String id) {
    return RUNNING.get(id);
  }

  String id() {
    return id;
  }

  EvolutionMode mode() {
    return mode;
  }

  void close() {
    RUNNING.remove(id);
  }

  /** The columns that the files of a batch have. Raises UnknownFieldException, by the mode. */
  void inFiles(StructType seen) {
    StructType data = Schemas.distinct(Schemas.without(seen, schema.partitionNames()));
    Collection<String> names = Schemas.unknown(schema.data(), data);
    if (names.isEmpty() || !mode.stops()) {
      return;
    }
    widen(data);
    throw UnknownFieldException.inFile(names, mode == EvolutionMode.ADD_NEW_COLUMNS);
  }

  /** Before a batch runs: how all of its fields can be had without a Spark job, if need be. */
  synchronized void begin(Supplier<StructType> fields) {
    fieldsOfBatch = fields;
    failure = null;
  }

  /**
   * A task has met unknown fields, `names` as `a.b`. Raises UnknownFieldException; returns when
   * nothing can be told of them, as of an object without fields: they are to be rescued.
   */
  synchronized void inRecord(Collection<String> names) {
    if (failure != null) {
      throw failure;
    }
    if (withoutType.containsAll(names)) {
      return;
    }
    if (mode == EvolutionMode.FAIL_ON_NEW_COLUMNS) {
      failure = UnknownFieldException.inRecord(names, false);
      throw failure;
    }
    StructType data = Schemas.distinct(Schemas.without(fieldsOfBatch.get(), schema.partitionNames()));
    Collection<String> found = Schemas.unknown(schema.data(), data);
    if (found.isEmpty()) {
      withoutType.addAll(names);
      return;
    }
    widen(data);
    failure = UnknownFieldException.inRecord(found, true);
    throw failure;
  }

  private void widen(StructType seen) {
    if (mode == EvolutionMode.ADD_NEW_COLUMNS) {
      store.add(new StoredSchema(Schemas.widen(schema.data(), seen), schema.partitions()));
    }
  }
}
