package lakeshell.autoloader;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of options that begin with cloudFiles. */
final class OptionNames {
  static final String PREFIX = "cloudfiles.";

  private static final List<String> MEANINGFUL =
      List.of(
          "format", "schemaLocation", "inferColumnTypes", "schemaHints", "schemaEvolutionMode",
          "maxFilesPerTrigger", "maxBytesPerTrigger", "includeExistingFiles", "allowOverwrites",
          "partitionColumns", "rescuedDataColumn", "validateOptions", "pathGlobFilter",
          "fileNamePattern");

  // Notification queues, listing in the cloud, credentials: nothing of that is on one machine.
  // lakeshell/session/python_api/auto_loader.py tells a person of them.
  private static final List<String> WITHOUT_MEANING_HERE =
      List.of(
          "useNotifications", "useIncrementalListing", "useManagedFileEvents", "backfillInterval",
          "listOnStart", "maxFileAge", "cleanSource", "cleanSource.retentionDuration",
          "cleanSource.moveDestination", "useStrictGlobber", "fetchParallelism", "pathRewrites",
          "resourceTag", "region", "queueUrl", "queueName", "awsAccessKey", "awsSecretKey",
          "roleArn", "roleExternalId", "roleSessionName", "stsEndpoint", "clientId",
          "clientSecret", "connectionString", "resourceGroup", "subscriptionId", "tenantId",
          "client", "clientEmail", "privateKey", "privateKeyId", "projectId", "subscription",
          "databricks.serviceCredential", "serviceCredential");

  private static final Logger LOG = LoggerFactory.getLogger("lakeshell.autoloader");
  private static final TreeMap<String, String> KNOWN = new TreeMap<>();

  static {
    Stream.concat(MEANINGFUL.stream(), WITHOUT_MEANING_HERE.stream())
        .forEach(name -> KNOWN.put(name.toLowerCase(Locale.ROOT), name));
  }

  private OptionNames() {}

  /**
   * Look at the names of all options of a stream; the server's log tells of those without meaning
   * here. Raises CF_UNKNOWN_OPTION_KEYS_ERROR.
   */
  static void check(Collection<String> keys) {
    for (String key : keys) {
      String lower = key.toLowerCase(Locale.ROOT);
      if (!lower.startsWith(PREFIX)) {
        continue;
      }
      String name = lower.substring(PREFIX.length());
      String known = KNOWN.get(name.startsWith("resourcetag.") ? "resourcetag" : name);
      if (known == null) {
        throw new CloudFilesException(
            "CF_UNKNOWN_OPTION_KEYS_ERROR",
            "Found unknown option keys: " + key + ". Did you mean cloudFiles." + nearest(name)
                + "?");
      }
      if (WITHOUT_MEANING_HERE.contains(known)) {
        LOG.warn("The option cloudFiles.{} has no meaning on one machine and is ignored.", known);
      }
    }
  }

  private static String nearest(String name) {
    String best = "";
    int least = Integer.MAX_VALUE;
    for (var entry : KNOWN.entrySet()) {
      int distance = distance(name, entry.getKey());
      if (distance < least) {
        least = distance;
        best = entry.getValue();
      }
    }
    return best;
  }

  /** Levenshtein's distance. */
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int above = row[j];
        int change = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(Math.min(above, row[j - 1]) + 1, change);
        diagonal = above;
      }
    }
    return row[right.length()];
  }
}
