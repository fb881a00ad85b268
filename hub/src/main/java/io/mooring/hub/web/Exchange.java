package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.db.Once;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.KnownDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request, as endpoints see it. */
final class Exchange {
  /**
   * After a body that took longer the caller is looked at again: else rights that are taken away
   * meanwhile could be used for as long as somebody draws a body out.
   */
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private final WebParts parts;
  private final Request request;
  private final Map<String, String> variables;
  private final @Nullable Caller caller;
  private final Runnable admission;
  private final Fields query;

  /**
   * @param admission asks again whether the caller may do this, and refuses if not
   */
  Exchange(
      WebParts parts,
      Request request,
      Map<String, String> variables,
      @Nullable Caller caller,
      Runnable admission) {
    this.admission = admission;
    this.parts = parts;
    this.request = request;
    this.variables = variables;
    this.caller = caller;
    try {
      this.query = Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw Refusal.of("?", "The query is not valid: use UTF-8 and percent-encoding.");
    }
  }

  WebParts parts() {
    return parts;
  }

  Request request() {
    return request;
  }

  Instant now() {
    return parts.clock().instant();
  }

  /** Whoever calls; only for routes that need somebody. */
  Caller caller() {
    if (caller == null) {
      throw new IllegalStateException("this route needs no caller");
    }
    return caller;
  }

  /** The caller and where it calls from, for the audit log. */
  Actor actor() {
    return caller().at(address());
  }

  /** The client's address, as far as a trusted proxy tells it. */
  String address() {
    return address(request);
  }

  /** The same; IPv6 without the brackets that only addresses with ports need. */
  static String address(Request request) {
    return Request.getRemoteAddr(request).replaceAll("[\\[\\]]", "");
  }

  /** A variable of the route's template. */
  String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no variable " + name);
    }
    return value;
  }

  /**
   * How this request, which makes something, is told from others; null: it has no Idempotency-Key.
   *
   * @param body what it asks for
   */
  @Nullable Once once(Object body) {
    String key = NewCommand.key("Idempotency-Key", header("Idempotency-Key"));
    if (key == null) {
      return null;
    }
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(Request.getPathInContext(request).getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      return new Once(actor().text(), key, sha.digest(Json.bytes(body)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The device the path names; refuses with 404. */
  KnownDevice device() {
    return device(parts.devices()::find);
  }

  /** The same as it was a moment ago: its key is right, unless it was deleted since. */
  KnownDevice recentDevice() {
    return device(id -> parts.devices().findRecent(id, now()));
  }

  private KnownDevice device(Function<String, Optional<KnownDevice>> find) {
    String id = variable("device");
    Optional<KnownDevice> device =
        Device.ID.matcher(id).matches() ? find.apply(id) : Optional.empty();
    return device.orElseThrow(Refusal::noDevice);
  }

  @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Refuses query parameters that the operation does not have: they are misspelt ones. */
  void onlyQuery(String... names) {
    Set<String> known = Set.of(names);
    Faults faults = new Faults();
    for (Fields.Field field : query) {
      String pointer = "?" + field.getName();
      if (!known.contains(field.getName())) {
        faults.add(
            new Problem.Fault(
                pointer,
                known.isEmpty()
                    ? "There are no query parameters here."
                    : "No such query parameter here; there are: "
                        + String.join(", ", names)
                        + "."));
      }
      field.getValues().forEach(value -> faults.look(() -> Text.requireClean(pointer, value)));
    }
    faults.end();
  }

  /** The only value of a query parameter, or null. */
  @Nullable String query(String name) {
    List<String> values = queries(name);
    if (values.size() > 1) {
      throw Refusal.of("?" + name, "May be given once only.");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /** All values of a query parameter. */
  List<String> queries(String name) {
    return query.getValuesOrEmpty(name);
  }

  /** How many entries a page holds at most. */
  int limit() {
    String text = query("limit");
    if (text == null) {
      return 100;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= 1_000) {
        return limit;
      }
    } catch (NumberFormatException _) {
      // refused below
    }
    throw Refusal.of("?limit", "Must be a whole number from 1 to 1000.");
  }

  /** The body, which must be there. */
  <T> T body(Class<T> type) {
    Faults faults = new Faults();
    T body = body(type, faults);
    faults.end();
    return body;
  }

  /** The same without the fields that are wrong, which are noted. */
  <T> T body(Class<T> type, Faults faults) {
    byte[] bytes = bytes(parts.limits().requestBytes());
    if (bytes.length == 0) {
      throw Refusal.of("", "A JSON body is needed.");
    }
    return read(bytes, type, faults);
  }

  /** The body, or empty when there is none. */
  <T> Optional<T> optionalBody(Class<T> type) {
    Faults faults = new Faults();
    Optional<T> body = optionalBody(type, faults);
    faults.end();
    return body;
  }

  /** The same without the fields that are wrong, which are noted. */
  <T> Optional<T> optionalBody(Class<T> type, Faults faults) {
    byte[] bytes = bytes(parts.limits().requestBytes());
    return bytes.length == 0 ? Optional.empty() : Optional.of(read(bytes, type, faults));
  }

  /** A body of another media type than JSON, with a limit of its own. */
  byte[] body(String mediaType, int most) {
    requireType(mediaType, "Not " + mediaType);
    return bytes(most);
  }

  private <T> T read(byte[] bytes, Class<T> type, Faults faults) {
    requireType("application/json", "Not JSON");
    return Json.body(bytes, 0, bytes.length, type, faults);
  }

  private void requireType(String wanted, String title) {
    String given = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String mediaType = given == null ? null : MimeTypes.getContentTypeWithoutCharset(given);
    if (!wanted.equalsIgnoreCase(mediaType)) {
      throw new Refusal(
          Problem.of(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
              "unsupported-media-type",
              title,
              "Send the body with `Content-Type: %s`.".formatted(wanted)));
    }
  }

  private byte[] bytes(int most) {
    if (request.getLength() > most) {
      throw tooLarge(most);
    }
    Instant begun = now();
    try {
      // Not closed: that would give up what a refused caller still sends, and the connection.
      InputStream in = Content.Source.asInputStream(request);
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw tooLarge(most);
      }
      if (begun.plus(PROMPT).isBefore(now())) {
        admission.run();
      }
      return bytes;
    } catch (IOException e) {
      throw Refusal.of("", "The body broke off.");
    }
  }

  private static Refusal tooLarge(int most) {
    return new Refusal(
        Problem.of(
            HttpStatus.PAYLOAD_TOO_LARGE_413,
            "too-large",
            "The body is too large",
            "A request's body holds at most " + most + " bytes."));
  }
}
