package io.mooring.hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Certificates for 127.0.0.1 and localhost, made by the JDK's keytool as a test needs them. */
public final class TestCertificates {
  private static final String PASSWORD = "changeit";
  private static final List<String> EC = List.of("-keyalg", "EC", "-groupname", "secp256r1");

  private final Path dir;
  private final Path store;

  /**
   * @param dir where keys and files lie
   */
  public TestCertificates(Path dir) {
    this.dir = dir;
    this.store = dir.resolve("keys.p12");
  }

  /** Makes a certificate signed by itself, that may also sign others. */
  public TestCertificates issue(String name) {
    return issue(name, EC, List.of("-ext", "bc:c"));
  }

  /** The same with another kind of key, such as RSA or Ed25519. */
  public TestCertificates issue(String name, String algorithm) {
    return issue(name, List.of("-keyalg", algorithm), List.of());
  }

  /** Makes one that had its day a month ago. */
  public TestCertificates issueExpired(String name) {
    return issue(name, EC, List.of("-startdate", "-60d"));
  }

  /** Makes one signed by another. */
  public TestCertificates issueSigned(String name, String by) {
    return issue(name, EC, List.of("-signer", by, "-signerkeypass", PASSWORD));
  }

  private TestCertificates issue(String name, List<String> key, List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name + ", O=Mooring test"));
    command.addAll(key);
    command.addAll(more);
    command.addAll(List.of("-ext", "san=ip:127.0.0.1,dns:localhost", "-validity", "30"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    try {
      Path log = dir.resolve("keytool.log");
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        keytool.destroyForcibly();
        throw new IllegalStateException(Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  public X509Certificate certificate(String name) {
    return (X509Certificate) chain(name)[0];
  }

  private Certificate[] chain(String name) {
    try {
      return keys().getCertificateChain(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public PrivateKey key(String name) {
    try {
      return (PrivateKey) keys().getKey(name, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore keys() throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      return keys;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the certificate with its chain as PEM. */
  public Path certificateFile(String name) {
    return certificateFile(name, name + ".crt");
  }

  /** The same into a file of this name. */
  public Path certificateFile(String name, String file) {
    StringBuilder pem = new StringBuilder("What stands outside of blocks is for people.\n");
    try {
      for (Certificate certificate : chain(name)) {
        pem.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return write(file, pem.toString());
  }

  /** Writes the key as PKCS#8. */
  public Path keyFile(String name) {
    return keyFile(name, name + ".key");
  }

  /** The same into a file of this name. */
  public Path keyFile(String name, String file) {
    return write(file, pem("PRIVATE KEY", key(name).getEncoded()));
  }

  public Path write(String file, String content) {
    try {
      return Files.writeString(dir.resolve(file), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String pem(String label, byte[] der) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
  }

  /** For a server that shows this one. */
  public SSLContext server(String name) {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry(name, key(name), PASSWORD.toCharArray(), chain(name));
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** For a client that trusts only these. */
  public SSLContext trusting(String... names) {
    return client(null, names);
  }

  /**
   * The same, which proves itself.
   *
   * @param own the client's certificate; null: none
   */
  public SSLContext client(@Nullable String own, String... trusted) {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (String name : trusted) {
        anchors.setCertificateEntry(name, certificate(name));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      KeyManager[] shown =
          own == null
              ? new KeyManager[0]
              : new KeyManager[] {new Insisting(own, key(own), chain(own))};
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(Arrays.toString(trusted), e);
    }
  }

  /** Shows its certificate also to who has said that he knows no such signer. */
  private static final class Insisting extends X509ExtendedKeyManager {
    private final String name;
    private final PrivateKey key;
    private final X509Certificate[] chain;

    Insisting(String name, PrivateKey key, Certificate... chain) {
      this.name = name;
      this.key = key;
      this.chain = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {name};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return name;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }
}
