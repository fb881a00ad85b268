package io.mooring.hub.tls;

import io.mooring.hub.config.Listen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the files for TLS hold.
 *
 * @param chain the hub's certificate, and those of who signed it
 * @param clientAuthorities who signs devices' certificates; empty: they are asked for none
 */
public record TlsFiles(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientAuthorities) {
  /**
   * Reads and checks the files.
   *
   * @throws TlsException when they cannot be used
   */
  public static TlsFiles read(Listen.Tls files) {
    List<X509Certificate> chain = certificates(files.certificate());
    PrivateKey key;
    try {
      key = PrivateKeys.of(blocks(files.key()));
    } catch (IllegalArgumentException e) {
      throw new TlsException(files.key() + " " + e.getMessage(), e);
    }
    if (!PrivateKeys.belongTogether(key, chain.getFirst().getPublicKey())) {
      throw new TlsException(
          "%s does not hold the key of the first certificate in %s (%s)"
              .formatted(
                  files.key(),
                  files.certificate(),
                  chain.getFirst().getSubjectX500Principal().getName()));
    }
    Path authorities = files.clientAuthority();
    return new TlsFiles(chain, key, authorities == null ? List.of() : certificates(authorities));
  }

  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      for (Pem block : blocks(file)) {
        if (block.label().equals("CERTIFICATE")) {
          certificates.add(
              (X509Certificate) x509.generateCertificate(new ByteArrayInputStream(block.der())));
        }
      }
    } catch (CertificateException e) {
      throw new TlsException(file + " holds a certificate that is cut off or damaged", e);
    }
    if (certificates.isEmpty()) {
      throw new TlsException(file + " holds no certificate (-----BEGIN CERTIFICATE-----)");
    }
    return List.copyOf(certificates);
  }

  private static List<Pem> blocks(Path file) {
    try {
      return Pem.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new TlsException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new TlsException(file + ": permission denied", e);
    } catch (IOException e) {
      throw new TlsException(file + " cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new TlsException(file + " is no PEM: a block of it is not base64", e);
    }
  }

  /** When the hub's own certificate ceases to be valid. */
  public Instant expiresAt() {
    return chain.getFirst().getNotAfter().toInstant();
  }

  /** Whether the hub's own certificate counts at this moment; null: it does. */
  public @Nullable String invalid(Instant now) {
    X509Certificate own = chain.getFirst();
    if (now.isAfter(own.getNotAfter().toInstant())) {
      return "certificate %s expired at %s".formatted(subject(), expiresAt());
    }
    Instant from = own.getNotBefore().toInstant();
    return now.isBefore(from)
        ? "certificate %s is valid only from %s".formatted(subject(), from)
        : null;
  }

  /** Whom the hub's own certificate names. */
  public String subject() {
    return chain.getFirst().getSubjectX500Principal().getName();
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "TlsFiles[" + subject() + "]";
  }
}
