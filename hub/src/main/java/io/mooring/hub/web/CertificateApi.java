package io.mooring.hub.web;

import io.mooring.hub.db.Once;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.DeviceCertificate;
import io.mooring.hub.device.DeviceCertificates;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Certificates by which a device may come in. */
final class CertificateApi {
  record NewCertificate(@Nullable String fingerprint, @Nullable String name) {}

  record CertificateView(String fingerprint, String name, Instant createdAt) {}

  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  private CertificateApi() {}

  static Reply list(Exchange exchange) {
    exchange.onlyQuery();
    List<CertificateView> items =
        exchange.parts().certificates().list(exchange.device().device().key()).stream()
            .map(CertificateApi::view)
            .toList();
    return Reply.ok(new DeviceApi.Page<>(items, null));
  }

  static Reply add(Exchange exchange) {
    exchange.onlyQuery();
    Device device = exchange.device().device();
    NewCertificate body = exchange.body(NewCertificate.class);
    String fingerprint = body.fingerprint() == null ? "" : normal(body.fingerprint());
    if (!FINGERPRINT.matcher(fingerprint).matches()) {
      throw Refusal.of(
          "/fingerprint",
          "Needed: SHA-256 of the certificate in hex, 64 digits, with or without colons.");
    }
    String name = body.name() == null ? "certificate" : Text.bounded("/name", body.name(), 1, 128);
    Once once = exchange.once(body);
    DeviceCertificates certificates = exchange.parts().certificates();
    try {
      return certificates
          .add(device, fingerprint, name, once, exchange.actor(), exchange.now())
          .map(added -> Reply.created(view(added)))
          .orElseThrow(CertificateApi::bound);
    } catch (Once.Repeated repeated) {
      if (!repeated.same()) {
        throw repeated;
      }
      return certificates.list(device.key()).stream()
          .filter(bound -> bound.fingerprint().equals(fingerprint))
          .findFirst()
          .map(bound -> Reply.ok(view(bound)))
          .orElseThrow(() -> repeated);
    }
  }

  private static Refusal bound() {
    return new Refusal(
        Problem.of(
            HttpStatus.CONFLICT_409,
            "certificate-bound",
            "The certificate is bound already",
            "Remove it from its device first; one certificate is one device."));
  }

  static Reply remove(Exchange exchange) {
    exchange.onlyQuery();
    String fingerprint = normal(exchange.variable("certificate"));
    int device = exchange.device().device().key();
    if (!FINGERPRINT.matcher(fingerprint).matches()
        || !exchange
            .parts()
            .certificates()
            .remove(device, fingerprint, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("The device has no certificate of this fingerprint.");
    }
    return Reply.nothing();
  }

  private static String normal(String fingerprint) {
    return fingerprint.replace(":", "").toLowerCase(Locale.ROOT);
  }

  private static CertificateView view(DeviceCertificate certificate) {
    return new CertificateView(
        certificate.fingerprint(), certificate.name(), certificate.createdAt());
  }
}
