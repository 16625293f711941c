package lakeshell.autoloader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.connector.read.streaming.ReadAllAvailable;
import org.apache.spark.sql.connector.read.streaming.ReadLimit;
import org.apache.spark.sql.connector.read.streaming.ReportsSourceMetrics;
import org.apache.spark.sql.connector.read.streaming.SupportsTriggerAvailableNow;
import org.apache.spark.sql.execution.streaming.Offset;
import org.apache.spark.sql.execution.streaming.Source;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSource.FileEntry;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSourceLog;
import org.apache.spark.sql.execution.streaming.runtime.FileStreamSourceOffset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * The running side of a stream. Which files have been taken is kept in Spark's own log of its file
 * source, below the checkpoint: a batch of the log for each batch of the stream. Entries of batch
 * {@link #PASSED_OVER} were there before the stream and are not read.
 */
final class CloudFilesSource
    implements Source, SupportsTriggerAvailableNow, ReportsSourceMetrics {
  private static final long PASSED_OVER = -1;

  private final SparkSession session;
  private final Configuration settings;
  private final CloudFilesOptions options;
  private final SourceFormat format;
  private final Discovery discovery;
  private final PartitionFolders partitions;
  private final StreamSchema.Resolved schema;
  private final Evolution evolution;
  private final FileStreamSourceLog log;
  private final SeenFiles seen;
  private final Map<String, FoundFile> planned = new HashMap<>();
  private List<FoundFile> waiting = List.of();
  private boolean takesOnlyWaiting;
  private boolean rehearses;
  private long nextLogBatch;
  private long current = -1;

  CloudFilesSource(
      SparkSession session,
      CloudFilesOptions options,
      SourceFormat format,
      SourceFolder folder,
      PartitionFolders partitions,
      StreamSchema.Resolved schema,
      String metadataPath) {
    this.session = session;
    settings = session.sessionState().newHadoopConf();
    this.options = options;
    this.format = format;
    this.partitions = partitions;
    this.schema = schema;
    discovery = new Discovery(folder);
    rehearses = lastBatchHasRun(metadataPath);
    log = new FileStreamSourceLog(FileStreamSourceLog.VERSION(), session, metadataPath);
    seen = new SeenFiles(options.allowOverwrites());
    restore();
    if (nextLogBatch == 0 && !options.includeExistingFiles()) {
      write(discovery.all(), PASSED_OVER);
    }
    evolution = new Evolution(options.evolutionMode(), schema.store(), schema.schema());
  }

  private void restore() {
    for (FileEntry entry : log.allFiles()) {
      seen.add(pathOf(entry), entry.timestamp());
      current = Math.max(current, entry.batchId());
    }
    Option<Object> latest = log.getLatestBatchId();
    nextLogBatch = latest.isDefined() ? (Long) latest.get() + 1 : 0;
  }

  private boolean lastBatchHasRun(String metadataPath) {
    try {
      return CheckpointState.lastBatchHasRun(new Path(metadataPath), settings);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  @Override
  public StructType schema() {
    return schema.columns();
  }

  @Override
  public ReadLimit getDefaultReadLimit() {
    return ReadLimit.maxFiles(options.maxFilesPerTrigger());
  }

  @Override
  public synchronized void prepareForTriggerAvailableNow() {
    waiting = news(true);
    takesOnlyWaiting = true;
  }

  @Override
  public synchronized org.apache.spark.sql.connector.read.streaming.Offset latestOffset(
      org.apache.spark.sql.connector.read.streaming.Offset start, ReadLimit limit) {
    rehearses = false;
    boolean all = limit instanceof ReadAllAvailable;
    waiting = stillThere(waiting);
    if (waiting.isEmpty() && !takesOnlyWaiting) {
      waiting = news(all);
    }
    int taken = all ? waiting.size() : affordable(waiting);
    if (taken > 0) {
      List<FoundFile> batch = waiting.subList(0, taken);
      write(batch, nextLogBatch);
      batch.forEach(file -> planned.put(file.path(), file));
      waiting = new ArrayList<>(waiting.subList(taken, waiting.size()));
    }
    return current < 0 ? null : new FileStreamSourceOffset(current);
  }

  private List<FoundFile> news(boolean patience) {
    List<FoundFile> found = new ArrayList<>(discovery.look(seen::knows, patience));
    found.removeIf(file -> !seen.isNew(file));
    return found;
  }

  /** How many of the files make the next batch. */
  private int affordable(List<FoundFile> files) {
    long bytes = options.maxBytesPerTrigger();
    int most = Math.min(files.size(), options.maxFilesPerTrigger());
    int taken = 0;
    while (taken < most && bytes > 0) {
      bytes -= files.get(taken).size();
      taken++;
    }
    return taken;
  }

  private void write(List<FoundFile> files, long batch) {
    FileEntry[] entries =
        files.stream()
            .map(
                file ->
                    new FileEntry(
                        SparkPath.fromPathString(file.path()).urlEncoded(), file.modified(), batch))
            .toArray(FileEntry[]::new);
    if (!log.add(nextLogBatch, entries)) {
      throw new CloudFilesException(
          "CF_CONCURRENT_STREAMS", "Another stream uses the same checkpoint.");
    }
    files.forEach(file -> seen.add(file.path(), file.modified()));
    nextLogBatch++;
    current = Math.max(current, batch);
  }

  @Override
  public Dataset<Row> getBatch(Option<Offset> start, Offset end) {
    long first = start.isDefined() ? number(start.get()) + 1 : 0;
    long last = number(end);
    if (rehearses) {
      return rehearsal();
    }
    // A file that was overwritten between two plans of one batch is read once, as it is now.
    Map<String, FoundFile> files = new LinkedHashMap<>();
    for (var batch : log.get(Option.apply(first), Option.apply(last))) {
      for (FileEntry entry : batch._2()) {
        if (entry.batchId() >= first && entry.batchId() <= last) {
          found(entry).ifPresent(file -> files.put(file.path(), file));
        }
      }
    }
    Batch batch = batch(List.copyOf(files.values()));
    return batch.finished(format.read(batch));
  }

  private Batch batch(List<FoundFile> files) {
    return new Batch(
        session, options, files, schema.schema(), schema.columns(), partitions, evolution, true);
  }

  /**
   * What Spark plans when a stream starts again and does not run: its files were loaded, and may be
   * gone or others by now, so that none is looked at.
   */
  private Dataset<Row> rehearsal() {
    BatchFiles none = BatchFiles.refusing(new IllegalStateException("these files were loaded"));
    Batch batch = batch(List.of());
    List<Column> columns = new ArrayList<>();
    for (String name : schema.columns().fieldNames()) {
      columns.add(functions.col("`" + name.replace("`", "``") + "`"));
    }
    columns.add(functions.col(Batch.METADATA));
    Dataset<Row> rows = batch.rows(format.spark(), schema.columns(), Map.of(), none, true);
    return batch.finished(rows.select(columns.toArray(Column[]::new)));
  }

  /** Files that were found for an earlier batch, as they are now; without those that are gone. */
  private List<FoundFile> stillThere(List<FoundFile> files) {
    int most = Math.min(files.size(), options.maxFilesPerTrigger());
    List<FoundFile> there = new ArrayList<>();
    for (FoundFile file : files.subList(0, most)) {
      try {
        there.add(asItIs(file.path()));
      } catch (FileNotFoundException gone) {
        continue;
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
    there.addAll(files.subList(most, files.size()));
    return there;
  }

  /** Raises FileNotFoundException when there is no file at `path`. */
  private FoundFile asItIs(String path) throws IOException {
    Path place = new Path(path);
    FileStatus status = place.getFileSystem(settings).getFileStatus(place);
    if (status.isDirectory()) {
      throw new FileNotFoundException(path);
    }
    return new FoundFile(path, status.getLen(), status.getModificationTime());
  }

  private Optional<FoundFile> found(FileEntry entry) {
    String path = pathOf(entry);
    FoundFile known = planned.get(path);
    if (known != null && known.modified() == entry.timestamp()) {
      return Optional.of(known);
    }
    try {
      return Optional.of(asItIs(path));
    } catch (FileNotFoundException gone) {
      if (session.sessionState().conf().ignoreMissingFiles()
          || Boolean.parseBoolean(options.reader("ignoreMissingFiles", "false"))) {
        return Optional.empty();
      }
      throw new CloudFilesException(
          "CF_FILE_NOT_FOUND",
          "The file " + CurrentFile.shown(path) + " was to be loaded and is gone. Set the option "
              + "ignoreMissingFiles to true to pass over such files.");
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static String pathOf(FileEntry entry) {
    return entry.sparkPath().toPath().toString();
  }

  private static long number(Offset offset) {
    return FileStreamSourceOffset.apply(offset).logOffset();
  }

  @Override
  public synchronized void commit(Offset end) {
    planned.clear();
  }

  @Override
  public Option<Offset> getOffset() {
    throw new UnsupportedOperationException("Spark asks latestOffset(Offset, ReadLimit)");
  }

  @Override
  public Map<String, String> metrics(
      Optional<org.apache.spark.sql.connector.read.streaming.Offset> latestConsumed) {
    List<FoundFile> files = waiting;
    long bytes = files.stream().mapToLong(FoundFile::size).sum();
    return Map.of(
        "numFilesOutstanding", String.valueOf(files.size()),
        "numBytesOutstanding", String.valueOf(bytes));
  }

  @Override
  public void stop() {
    evolution.close();
  }

  @Override
  public String toString() {
    return "CloudFilesSource[" + options.path() + "]";
  }
}
