package io.mooring.hub.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to one hub with one API key. Safe for all threads. */
public final class HubClient implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Longer than the longest {@code Prefer: wait}. */
  private static final Duration ANSWER = Duration.ofSeconds(75);

  private static final String TRUST =
      "For one signed by a private authority: MOORING_JAVA_OPTS='-Djavax.net.ssl.trustStore=ca.p12"
          + " -Djavax.net.ssl.trustStorePassword=...'";

  private final URI hub;
  private final String key;
  private final HttpClient http;

  /**
   * Makes a client; connects to nothing yet.
   *
   * @param hub such as {@code http://127.0.0.1:7070}
   */
  public HubClient(URI hub, String key) {
    this.hub = hub;
    this.key = key;
    try {
      this.http =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .version(HttpClient.Version.HTTP_1_1)
              .build();
    } catch (UncheckedIOException e) {
      throw new HubRefusal("The trust store cannot be read (%s). %s".formatted(why(e), TRUST), e);
    }
  }

  /** Escapes one segment of a path, or a query parameter's value. */
  public static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  public JsonNode get(String path) {
    return send("GET", path, null, Map.of());
  }

  public JsonNode delete(String path) {
    return send("DELETE", path, null, Map.of());
  }

  public JsonNode post(String path, Object body, Map<String, String> headers) {
    return send("POST", path, body, headers);
  }

  public JsonNode patch(String path, Object body) {
    return send("PATCH", path, body, Map.of());
  }

  private JsonNode send(
      String method, String path, @Nullable Object body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.resolve(path))
            .timeout(ANSWER)
            .header("Authorization", "Bearer " + key)
            .header("Accept", "application/json, application/problem+json");
    headers.forEach(request::header);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("Content-Type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode answer = parse(response.body());
      if (response.statusCode() >= 300) {
        throw HubRefusal.of(response.statusCode(), answer);
      }
      return answer;
    } catch (IOException e) {
      throw noAnswer(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubRefusal("interrupted", e);
    }
  }

  private HubRefusal noAnswer(IOException e) {
    return new HubRefusal(
        isDistrust(e)
            ? "The certificate of the hub at %s is not trusted (%s). %s"
                .formatted(hub, why(e), TRUST)
            : "No hub answers at %s (%s). Is it running? --url or MOORING_URL names another one."
                .formatted(hub, e.getMessage() == null ? e.toString() : e.getMessage()),
        e);
  }

  /** An empty trust store, such as one read without its password, is a bad parameter to the JDK. */
  private static boolean isDistrust(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof CertificateException || t instanceof InvalidAlgorithmParameterException) {
        return true;
      }
    }
    return false;
  }

  /** What lies at the bottom of it. */
  private static String why(Throwable thrown) {
    Throwable last = thrown;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.toString() : last.getMessage();
  }

  private static JsonNode parse(String body) {
    try {
      return body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JacksonException notJson) {
      return JSON.createObjectNode().put("detail", body.lines().findFirst().orElse(""));
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
