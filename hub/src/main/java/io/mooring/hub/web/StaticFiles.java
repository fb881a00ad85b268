package io.mooring.hub.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The admin page, from the class path folder {@code web/}. A path that is no file gets the page
 * itself, which finds its own way. Files under {@code assets/} carry a hash in their names and are
 * kept for ever; all others are asked for again. Read and compressed once, then kept in memory.
 */
final class StaticFiles extends Handler.Abstract {
  private static final Pattern SAFE =
      Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final String INDEX = "index.html";

  /** Where the reference of the API is, a page of its own. */
  private static final Set<String> REFERENCE = Set.of("api", "api/");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=utf-8",
          "js", "text/javascript;charset=utf-8",
          "css", "text/css;charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "json", "application/json",
          "woff2", "font/woff2",
          "webmanifest", "application/manifest+json",
          "txt", "text/plain;charset=utf-8");

  private record Found(Kept bytes, String type, String tag, boolean forEver) {}

  private final Map<String, Found> known = new ConcurrentHashMap<>();

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws IOException {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      return false;
    }
    String path = Request.getPathInContext(request).substring(1);
    if (REFERENCE.contains(path)) {
      path = "api/" + INDEX;
    }
    Optional<Found> file = SAFE.matcher(path).matches() ? find(path) : Optional.empty();
    if (file.isEmpty() && !path.startsWith("assets/")) {
      file = find(INDEX);
    }
    if (file.isEmpty()) {
      return false;
    }
    send(file.get(), request, response, callback);
    return true;
  }

  private Optional<Found> find(String path) throws IOException {
    Found kept = known.get(path);
    if (kept != null) {
      return Optional.of(kept);
    }
    // A folder has no type of its own: it is never mistaken for a file.
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (InputStream in = StaticFiles.class.getResourceAsStream("/web/" + path)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] bytes = in.readAllBytes();
      Found found = new Found(new Kept(bytes), type, tag(bytes), path.startsWith("assets/"));
      known.put(path, found);
      return Optional.of(found);
    }
  }

  private static void send(Found file, Request request, Response response, Callback callback) {
    response
        .getHeaders()
        .put(
            HttpHeader.CACHE_CONTROL,
            file.forEver() ? "public, max-age=31536000, immutable" : "no-cache")
        .put(HttpHeader.ETAG, file.tag());
    String asked = request.getHeaders().get(HttpHeader.IF_NONE_MATCH);
    if (asked != null && asked.contains(file.tag().substring(3, file.tag().length() - 1))) {
      response.setStatus(HttpStatus.NOT_MODIFIED_304);
      response.write(true, ByteBuffer.allocate(0), callback);
      return;
    }
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, file.type());
    file.bytes().write(request, response, callback);
  }

  /** Weak, as gzip changes the bytes and not the meaning. */
  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "W/\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
