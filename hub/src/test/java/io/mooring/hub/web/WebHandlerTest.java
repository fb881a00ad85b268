package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebHandlerTest {
  @AutoClose private static final TestHub HUB = new TestHub();
  private final Api api = HUB.anonymous();

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/index.html", "/devices/pump-7", "/a.b/c", "/%2e%2e/secret", "/x%00"})
  void pagesGetTheIndexOrNothingOfOurs(String path) {
    Api.Answer answer = api.get(path);

    if (answer.status() == 200) {
      assertThat(answer.response().body()).contains("<title>test page</title>");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
      assertThat(answer.header("Content-Type")).isEqualTo("text/html;charset=utf-8");
    } else {
      answer.isRefused(400, "");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api", "/api/", "/api/index.html"})
  void referenceOfTheApiIsAPageOfItsOwn(String path) {
    Api.Answer answer = api.get(path);

    if (path.endsWith(".html")) {
      answer.isRefused(404, "");
    } else {
      assertThat(answer.response().body()).contains("<title>test reference</title>");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
    }
  }

  @Test
  void assetsAreKeptForEver() {
    Api.Answer asset = api.get("/assets/app-1a2b3c.js");

    assertThat(asset.header("Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(asset.header("Content-Type")).isEqualTo("text/javascript;charset=utf-8");
    api.get("/assets/gone.js").isRefused(404, "");
    api.get("/assets/").isRefused(404, "");
  }

  @Test
  void unchangedPageIsNotSentAgain() {
    String tag = api.get("/").header("ETag");
    Api.Answer again = api.with("If-None-Match", tag).get("/");

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.response().body()).isEmpty();
    assertThat(api.with("If-None-Match", "\"other\"").get("/").status()).isEqualTo(200);
  }

  @Test
  void textIsCompressedAndSmallerThanBefore() {
    Api.Answer answer = api.with("Accept-Encoding", "gzip").get("/api/openapi.yaml");

    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.header("Vary")).containsIgnoringCase("Accept-Encoding");
    assertThat(api.get("/api/openapi.yaml").response().body()).startsWith("openapi: 3.1.0");
  }

  /** Whoever is let in by nobody must not cost a compression each time: then no length is known. */
  @Test
  void whatNeverChangesIsCompressedOnce() throws IOException, InterruptedException {
    String path = "/api/openapi.yaml";
    Api.Answer plain = api.get(path);
    HttpResponse<byte[]> gzip =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(api.base() + path))
                    .header("Accept-Encoding", "gzip, br;q=0.5")
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    assertThat(gzip.headers().firstValueAsLong("Content-Length")).hasValue(gzip.body().length);
    assertThat(gzip.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(plain.response().body());
    assertThat(plain.header("Vary")).isEqualTo("Accept-Encoding");
    assertThat(api.with("Accept-Encoding", "gzip;q=0").get(path).header("Content-Encoding"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/assets/app-1a2b3c.js",
        "/api/v1/devices",
        "/api/openapi.yaml",
        "/assets/gone"
      })
  void securityHeadersAreOnEverything(String path) {
    Api.Answer answer = api.get(path);

    assertThat(answer.header("Content-Security-Policy"))
        .isEqualTo(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                + " font-src 'self'; connect-src 'self'; manifest-src 'self';"
                + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
    assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
    assertThat(answer.header("Permissions-Policy")).contains("camera=()");
    assertThat(answer.header("Strict-Transport-Security")).as("by http").isEmpty();
    assertThat(answer.header("Server")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/device", "/device/v1", "/metrics", "/health/live"})
  void pathsOfOthersAreLeftAlone(String path) {
    Api.Answer answer = api.get(path);

    answer.isRefused(404, "");
  }

  @Test
  void headHasNoBody() {
    assertThat(api.call("HEAD", "/api/openapi.yaml", null).response().body()).isEmpty();
    assertThat(api.call("HEAD", "/", null).status()).isEqualTo(200);
  }

  @Test
  void postToAPageIsNotFound() {
    api.post("/", "{}").isRefused(404, "");
  }

  @Test
  void garbageOnTheSocketIsAnsweredWithAProblem() throws IOException {
    for (String garbage :
        new String[] {
          "GET / HTTP/9.9\r\n\r\n",
          "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"
        }) {
      String answer = raw(garbage);
      assertThat(answer).startsWith("HTTP/1.1 ").containsAnyOf(" 400 ", " 505 ", " 431 ");
      assertThat(answer).contains("application/problem+json").doesNotContainIgnoringCase("jetty");
    }
  }

  /** Closed with bytes unread, TCP resets a connection, and with it the answer on its way. */
  @Test
  void refusedBodyIsReadToItsEndSoThatTheAnswerArrives() throws IOException {
    String body = "x".repeat(900_000);
    String head = "POST /api/v1/devices HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n%s\r\n";
    String key = "Authorization: %s\r\n".formatted(HUB.admin().headers().get("Authorization"));

    String answers =
        raw(
            head.formatted(body.length(), "")
                + body
                + head.formatted(body.length(), key)
                + body
                + "GET /api/openapi.yaml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    assertThat(Pattern.compile("HTTP/1.1 (\\d+) ").matcher(answers).results())
        .map(found -> found.group(1))
        .containsExactly("401", "413", "200");
  }

  /** The hub asks for a body (100) once it has let the caller in. */
  @Test
  void rightsThatAreTakenAwayWhileABodyIsDrawnOutAreGone() throws IOException {
    String key = HUB.admin().headers().get("Authorization");
    URI base = URI.create(HUB.base());
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String head =
          String.join(
              "\r\n",
              "POST /api/v1/devices HTTP/1.1",
              "Host: a",
              "Expect: 100-continue",
              "Authorization: " + key,
              "Content-Type: application/json",
              "Content-Length: 12",
              "\r\n");
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("HTTP/1.1 100");
      HUB.revokeAllKeys();
      HUB.clock.pass(Duration.ofSeconds(2));
      out.write("{\"id\":\"now\"}".getBytes(StandardCharsets.US_ASCII));

      assertThat(in.readLine()).isEmpty();
      assertThat(in.readLine()).startsWith("HTTP/1.1 401");
    }
  }

  private static String raw(String request) throws IOException {
    URI base = URI.create(HUB.base());
    try (Socket socket = new Socket(base.getHost(), base.getPort());
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
