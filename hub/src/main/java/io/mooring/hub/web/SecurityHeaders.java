package io.mooring.hub.web;

import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** What every answer tells browsers not to do. */
final class SecurityHeaders {
  /** A year, as the lists of such sites ask for. Neighbouring names are not ours to decide on. */
  private static final String ONLY_HTTPS = "max-age=31536000";

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
              + " font-src 'self'; connect-src 'self'; manifest-src 'self';"
              + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options", // for browsers older than frame-ancestors
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=()");

  private SecurityHeaders() {}

  static void put(Request request, Response response) {
    ALWAYS.forEach((name, value) -> response.getHeaders().put(name, value));
    if (request.isSecure()) {
      response.getHeaders().put("Strict-Transport-Security", ONLY_HTTPS);
    }
  }
}
