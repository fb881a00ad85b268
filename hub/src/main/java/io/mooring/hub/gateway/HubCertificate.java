package io.mooring.hub.gateway;

import io.mooring.hub.tls.TlsFiles;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * What the hub proves itself with: TLS 1.2 and 1.3 with the JDK's ciphers, but for those that Jetty
 * leaves out as weak. Another certificate can take its place: it counts for the next handshakes,
 * and open sockets stay as they are.
 */
public final class HubCertificate {
  private static final String ALIAS = "hub";

  private final boolean forDevices;
  private final SslContextFactory.Server tls;

  /**
   * @param forDevices whether peers are asked for certificates of their own, if there is anybody to
   *     sign them; who has none is let pass, who shows another is not
   */
  public HubCertificate(TlsFiles files, boolean forDevices) {
    this.forDevices = forDevices;
    tls = factory(files);
  }

  /**
   * Replaces the certificate.
   *
   * @throws IllegalArgumentException when the new one cannot be used; the old one stays
   */
  public void replace(TlsFiles files) {
    SslContextFactory.Server trial = factory(files);
    try {
      trial.start();
      tls.reload(factory -> use(factory, files));
    } catch (Exception e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } finally {
      LifeCycle.stop(trial);
    }
  }

  /** TLS around another protocol. */
  public ConnectionFactory around(ConnectionFactory within) {
    return new SslConnectionFactory(tls, within.getProtocol());
  }

  private SslContextFactory.Server factory(TlsFiles files) {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    factory.setRenegotiationAllowed(false);
    factory.setKeyStorePassword("");
    factory.setWantClientAuth(forDevices && !files.clientAuthorities().isEmpty());
    use(factory, files);
    return factory;
  }

  private void use(SslContextFactory factory, TlsFiles files) {
    factory.setKeyStore(keyStore(files));
    if (forDevices && !files.clientAuthorities().isEmpty()) {
      factory.setTrustStore(trustStore(files));
    }
  }

  private static KeyStore trustStore(TlsFiles files) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (X509Certificate authority : files.clientAuthorities()) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has PKCS12 in memory", e);
    }
  }

  private static KeyStore keyStore(TlsFiles files) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      X509Certificate[] chain = files.chain().toArray(X509Certificate[]::new);
      store.setKeyEntry(ALIAS, files.key(), new char[0], chain);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has PKCS12 in memory", e);
    }
  }
}
