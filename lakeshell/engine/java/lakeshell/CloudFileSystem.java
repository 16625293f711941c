package lakeshell;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme;

/**
 * Cloud storage on this machine: every bucket is a folder of the lakehouse, made when it is first
 * used.
 *
 * <p>Hadoop's mount tables want every bucket to be declared; this one declares a bucket when it is
 * opened. The rules are those of lakeshell/cloud.py, the settings those of server/spark_conf.py.
 */
public class CloudFileSystem extends ViewFileSystemOverloadScheme {
  private static final String BUCKET = "[a-z0-9_][a-z0-9_.\\-]*(@[a-z0-9][a-z0-9\\-]*)?";

  public CloudFileSystem() throws IOException {
    super();
  }

  @Override
  public void initialize(URI name, Configuration settings) throws IOException {
    String authority = name.getAuthority();
    String bucket = String.valueOf(authority).toLowerCase(Locale.ROOT);
    // An Azure account is the same storage at its .dfs. and its .blob. address.
    bucket = bucket.replaceFirst("(@[^.]*)[.].*", "$1");
    if (authority == null || !bucket.matches(BUCKET)) {
      throw new IOException(name.toString() + " names no bucket");
    }
    String family = settings.get("lakeshell.cloud.family." + name.getScheme(), name.getScheme());
    String folder = settings.get("lakeshell.cloud.mount." + family + "." + bucket);
    if (folder == null) {
      folder = settings.get("lakeshell.cloud.folder") + "/" + family + "/" + bucket;
    }
    File place = new File(folder);
    place.mkdirs();
    // A copy: what is set here is for this bucket only.
    Configuration own = new Configuration(settings);
    own.set(
        "fs.viewfs.mounttable." + authority + ".linkFallback", place.toURI().toString());
    super.initialize(name, own);
  }
}
