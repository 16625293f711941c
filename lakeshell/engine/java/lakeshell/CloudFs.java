package lakeshell;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;

/** CloudFileSystem for Hadoop's other interface, FileContext: checkpoints of streams go by it. */
public class CloudFs extends DelegateToFileSystem {
  public CloudFs(URI uri, Configuration settings) throws IOException, URISyntaxException {
    super(uri, new CloudFileSystem(), settings, uri.getScheme(), false);
  }
}
