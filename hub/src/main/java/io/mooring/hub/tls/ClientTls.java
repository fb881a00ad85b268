package io.mooring.hub.tls;

import io.mooring.hub.config.ClusterConfig;
import io.mooring.hub.config.Listen;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS of a client, by PEM files that are read once. */
public final class ClientTls {
  private ClientTls() {}

  /**
   * What connects by it.
   *
   * @throws TlsException when the files cannot be used
   */
  public static SSLContext context(ClusterConfig.Tls files) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(files), trust(files.authority()), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] keys(ClusterConfig.Tls files)
      throws GeneralSecurityException, IOException {
    Path certificate = files.certificate();
    Path key = files.key();
    if (certificate == null || key == null) {
      return null;
    }
    TlsFiles own = TlsFiles.read(new Listen.Tls(certificate, key, null));
    KeyStore store = empty();
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(@Nullable Path authority)
      throws GeneralSecurityException, IOException {
    if (authority == null) {
      return null;
    }
    KeyStore store = empty();
    List<X509Certificate> all = TlsFiles.certificates(authority);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("authority-" + i, all.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
