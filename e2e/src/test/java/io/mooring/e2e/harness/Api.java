package io.mooring.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The hub's REST API as an integrator calls it. A call whose answer does not come throws {@link
 * UncheckedIOException}. Safe for all threads.
 */
public final class Api {
  /** A status and its document. */
  public record Answer(int status, JsonNode body) {
    /** A field as text. */
    public String text(String field) {
      return body.path(field).asString("");
    }
  }

  private static final HttpClient client = HttpClient.newHttpClient();

  private final URI hub;
  private final String key;

  Api(URI hub, String key) {
    this.hub = hub;
    this.key = key;
  }

  /** From what a demo writes into its ready file. */
  public static Api of(JsonNode ready) {
    return new Api(URI.create(ready.path("url").asString("")), ready.path("apiKey").asString(""));
  }

  /** Sends JSON; headers are names and values in turn. */
  public Answer post(String path, Map<String, ?> body, String... headers) {
    String json = JsonMapper.shared().writeValueAsString(body);
    return call(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** Changes what is named in it. */
  public Answer patch(String path, Map<String, ?> body) {
    String json = JsonMapper.shared().writeValueAsString(body);
    return call(
        request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(json)));
  }

  public Answer get(String path) {
    return call(request(path).GET());
  }

  /** What is no JSON. */
  public String text(String path) {
    return send(request(path).GET()).body();
  }

  public Answer delete(String path) {
    return call(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + key);
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static Answer call(HttpRequest.Builder request) {
    HttpResponse<String> response = send(request);
    // A load balancer's own answers are pages for people.
    String body = response.body().startsWith("{") ? response.body() : "{}";
    return new Answer(response.statusCode(), JsonMapper.shared().readTree(body));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of the hub's metrics, summed up over its labels where the name holds none. */
  public double metric(String name) {
    try {
      HttpRequest request = HttpRequest.newBuilder(hub.resolve("/metrics")).build();
      return client
          .send(request, HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Registers a device and returns a token for it. */
  Answer device(String id) {
    Answer made = post("/api/v1/devices", Map.of("id", id));
    assertThat(made.status()).as("%s", made.body()).isEqualTo(201);
    return token(id);
  }

  /** Issues one more token. */
  public Answer token(String id) {
    Answer token = post("/api/v1/devices/" + id + "/tokens", Map.of("name", "e2e"));
    assertThat(token.status()).isEqualTo(201);
    return token;
  }

  /** What is known of the device's connection. */
  public JsonNode presence(String id) {
    return get("/api/v1/devices/" + id).body().path("presence");
  }

  /** Sends a command; headers are names and values in turn. */
  public Answer command(String device, String name, Map<String, ?> payload, String... headers) {
    return post(
        "/api/v1/devices/" + device + "/commands",
        Map.of("name", name, "payload", payload),
        headers);
  }
}
