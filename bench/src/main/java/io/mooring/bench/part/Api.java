package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The hub's API as a program uses it: one connection that stays open, a key. */
public final class Api implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String root;
  private final String key;

  /** An answer, and how long it took from the request to its last byte. */
  public record Answer(JsonNode body, long nanos) {}

  public Api(Hub hub, String key) {
    this.root = "http://127.0.0.1:%d/api/v1".formatted(hub.address().getPort());
    this.key = key;
  }

  /** Asks; fails where the answer is not 200. */
  public Answer get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(root + path))
            .header("Authorization", "Bearer " + key)
            .timeout(TIMEOUT)
            .build();
    try {
      long start = System.nanoTime();
      HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      long nanos = System.nanoTime() - start;
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            "%s was answered %d: %s"
                .formatted(
                    path, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8)));
      }
      return new Answer(JsonMapper.shared().readTree(answer.body()), nanos);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
