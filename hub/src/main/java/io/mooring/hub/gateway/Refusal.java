package io.mooring.hub.gateway;

import io.mooring.hub.wire.CloseReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A handshake answered without an upgrade, as a problem document.
 *
 * @param title what is wrong; plain text of the hub's own
 * @param detail how to mend it; plain text of the hub's own
 */
public record Refusal(int status, String title, String detail, Duration retry) {
  static final Refusal NO_TOKEN =
      new Refusal(401, "A token is needed", "Send the header Authorization: Bearer <device token>");
  static final Refusal BAD_TOKEN =
      new Refusal(401, "The token is not valid", "Issue another token for this device");

  static final Refusal BAD_CERTIFICATE =
      new Refusal(
          401,
          "The certificate is bound to no device",
          "An operator can bind it: hub device certificate add");
  static final Refusal DISABLED =
      new Refusal(403, "The device is disabled", "An operator must enable it");
  static final Refusal FROM_A_PAGE =
      new Refusal(
          403,
          "Web pages cannot be devices",
          "The request carries an Origin; where a library sends one unasked, switch it off");
  static final Refusal ELSEWHERE =
      new Refusal(
          404, "There is no WebSocket at this path", "Devices connect at " + DeviceHandler.PATH);
  static final Refusal MALFORMED =
      new Refusal(
          400, "Not a WebSocket handshake", "It lacks Sec-WebSocket-Key, 16 bytes in base64");
  static final Refusal STOPPING =
      new Refusal(
          503,
          "This hub takes no devices now",
          "Try again later, or another hub",
          Duration.ofSeconds(5));
  static final Refusal FULL =
      new Refusal(
          503, "This hub is full", "Try again later, or another hub", Duration.ofSeconds(10));
  static final Refusal ADDRESS_FULL =
      new Refusal(
          429,
          "Too many connections from this address",
          "An operator can allow more: limits.address-connections",
          Duration.ofSeconds(10));
  static final Refusal DEVICE_FULL =
      new Refusal(
          429,
          "Too many connections of this device",
          "Close those that are not needed, and open one at a time",
          Duration.ofSeconds(10));
  static final Refusal WRONG_TOKENS =
      new Refusal(429, "Too many wrong tokens from this address", "Try again later");
  static final Refusal TOO_MANY =
      new Refusal(503, "Too many devices connect at this moment", "Try again after Retry-After");
  static final Refusal UNPROVEN =
      new Refusal(
          429,
          "Too many sockets without a token",
          "Send Hello with the token at once, or the token in the header Authorization",
          Duration.ofSeconds(5));
  static final Refusal FAILED =
      new Refusal(500, "The hub has failed", "Its log tells more; try again later");
  static final Refusal UNAVAILABLE =
      new Refusal(503, "The hub cannot check tokens now", "Try again later");

  public Refusal(int status, String title, String detail) {
    this(status, title, detail, Duration.ZERO);
  }

  /** The device's own token: when to come with it is no secret to it. */
  static Refusal notYetValid(Instant notBefore) {
    return new Refusal(
        401, "The token is not valid yet", "It is valid from " + notBefore + "; try again then");
  }

  /** The same, asking the device to wait. */
  public Refusal retryAfter(Duration wait) {
    return new Refusal(status, title, detail, wait);
  }

  /** The same for a socket that was to prove itself by its first message. */
  CloseReason closeReason() {
    return switch (status) {
      case 401 -> CloseReason.TOKEN_REFUSED;
      case 403 -> CloseReason.DEVICE_DISABLED;
      case 429 -> CloseReason.RATE_LIMITED;
      case 500 -> CloseReason.INTERNAL_ERROR;
      default -> CloseReason.UNAVAILABLE;
    };
  }

  void write(Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    if (status == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"device\"");
    }
    if (retry.isPositive()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, Math.ceilDiv(retry.toMillis(), 1_000L));
    }
    String body =
        "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
            .formatted(title, status, detail);
    response.write(true, java.nio.ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
  }
}
