package io.mooring.hub.gateway;

import io.mooring.hub.device.DeviceCertificates;
import io.mooring.hub.session.Sessions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets in whoever has proven in TLS that a certificate is his which is bound to a device, and by a
 * token whoever brings one. TLS has checked the certificate's validity and who signed it.
 */
public final class CertificateHandshake implements Handshake {
  private final TokenHandshake tokens;
  private final DeviceCertificates certificates;

  /**
   * @param tokens admits, counts and logs those with certificates, too
   */
  public CertificateHandshake(TokenHandshake tokens, DeviceCertificates certificates) {
    this.tokens = tokens;
    this.certificates = certificates;
  }

  @Override
  public CompletableFuture<Decision> decide(@Nullable String authorization, String address) {
    return tokens.decide(authorization, address);
  }

  @Override
  public CompletableFuture<Decision> decideByCertificate(
      X509Certificate certificate, String address) {
    Decision turnedAway = tokens.turnedAway(address);
    if (turnedAway != null) {
      return CompletableFuture.completedFuture(turnedAway);
    }
    String fingerprint = fingerprint(certificate);
    return certificates
        .find(fingerprint)
        .thenApply(bound -> decision(bound, certificate, fingerprint, address))
        .exceptionally(tokens::failed);
  }

  @Override
  public void limited(String reason, Refusal refusal, String address, @Nullable String device) {
    tokens.limited(reason, refusal, address, device);
  }

  private Decision decision(
      Optional<DeviceCertificates.Bound> bound,
      X509Certificate certificate,
      String fingerprint,
      String address) {
    String detail = ", certificate " + fingerprint;
    if (bound.isEmpty()) {
      return tokens.refusedFor("unknown-certificate", detail, address, Refusal.BAD_CERTIFICATE);
    }
    DeviceCertificates.Bound device = bound.get();
    if (!device.enabled()) {
      return tokens.refusedFor(
          "device-disabled", detail + " of " + device.deviceId(), address, Refusal.DISABLED);
    }
    return new Decision.Welcome(
        new Sessions.Identity(
            device.deviceKey(),
            device.deviceId(),
            fingerprint,
            certificate.getNotAfter().toInstant(),
            false));
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
