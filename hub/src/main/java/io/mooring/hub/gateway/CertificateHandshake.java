package io.mooring.hub.gateway;

import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.Sessions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in whoever has proven in TLS that a certificate is his which is bound to a device, and by a
 * token whoever brings one. TLS has checked the certificate's validity and who signed it.
 */
public final class CertificateHandshake implements Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateHandshake.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Handshake tokens;
  private final DeviceCertificates certificates;
  private final Metrics metrics;

  public CertificateHandshake(Handshake tokens, DeviceCertificates certificates, Metrics metrics) {
    this.tokens = tokens;
    this.certificates = certificates;
    this.metrics = metrics;
  }

  @Override
  public CompletableFuture<Decision> decide(@Nullable String authorization, String address) {
    return tokens.decide(authorization, address);
  }

  @Override
  public CompletableFuture<Decision> decideByCertificate(
      X509Certificate certificate, String address) {
    String fingerprint = fingerprint(certificate);
    return certificates
        .find(fingerprint)
        .thenApply(bound -> decision(bound, certificate, fingerprint, address))
        .exceptionally(
            why -> {
              LOG.debug("Handshake from {} refused: {}", address, why.getMessage());
              metrics.handshakesRefused.labelValues("unavailable").inc();
              return new Decision.Refused(Refusal.UNAVAILABLE.retryAfter(RETRY));
            });
  }

  private Decision decision(
      Optional<DeviceCertificates.Bound> bound,
      X509Certificate certificate,
      String fingerprint,
      String address) {
    if (bound.isEmpty()) {
      return refused("unknown-certificate", fingerprint, address, Refusal.BAD_CERTIFICATE);
    }
    DeviceCertificates.Bound device = bound.get();
    if (!device.enabled()) {
      return refused("device-disabled", fingerprint, address, Refusal.DISABLED);
    }
    return new Decision.Welcome(
        new Sessions.Identity(
            device.deviceKey(),
            device.deviceId(),
            fingerprint,
            certificate.getNotAfter().toInstant()));
  }

  private Decision refused(String reason, String fingerprint, String address, Refusal refusal) {
    metrics.handshakesRefused.labelValues(reason).inc();
    LOG.warn(
        "Handshake from {} refused with {}: {}, certificate {}",
        address,
        refusal.status(),
        reason,
        fingerprint);
    return new Decision.Refused(refusal);
  }

  /** SHA-256 of the certificate as it was sent, in lower-case hex. */
  static String fingerprint(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("it came by TLS, and every JDK has SHA-256", e);
    }
  }
}
