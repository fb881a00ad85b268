package io.mooring.hub.web;

import java.net.URI;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a change asked for with a cookie comes from our own page. The cookie is
 * SameSite=Strict already; this also holds against pages on a neighbouring port or subdomain.
 */
final class SameSite {
  private SameSite() {}

  /** Refuses unless the browser says that the request comes from our own origin. */
  static void require(Request request) {
    if (!proven(request)) {
      throw Refusal.forbidden(
          "A change made with the session cookie must come from the admin page itself:"
              + " the Origin header is missing or names another site."
              + " Programs use an API key.");
    }
  }

  /** Refuses a request that says itself that it comes from elsewhere. */
  static void requireNotForeign(Request request) {
    boolean silent =
        request.getHeaders().get(HttpHeader.ORIGIN) == null
            && request.getHeaders().get("Sec-Fetch-Site") == null;
    if (!silent) {
      require(request);
    }
  }

  private static boolean proven(Request request) {
    String site = request.getHeaders().get("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin");
    }
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    return origin != null && own(request).equals(authority(origin));
  }

  /** Host and port; the scheme is left to the cookie, as a proxy may have changed it. */
  private static String own(Request request) {
    return (Request.getServerName(request) + ":" + Request.getServerPort(request))
        .toLowerCase(Locale.ROOT);
  }

  private static @Nullable String authority(String origin) {
    try {
      URI uri = URI.create(origin);
      if (uri.getHost() == null) {
        return null;
      }
      int port =
          uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
      return (uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
