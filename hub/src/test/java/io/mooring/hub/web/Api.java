package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP client that checks every exchange against the OpenAPI document: answers always, requests
 * where the hub took them for good.
 */
record Api(String base, Map<String, String> headers) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = new JsonMapper();
  private static final OpenApiInteractionValidator DOCUMENT =
      OpenApiInteractionValidator.createForInlineApiSpecification(ApiDocument.text()).build();

  /** What came back. */
  record Answer(int status, HttpResponse<String> response) {
    JsonNode json() {
      return JSON.readTree(response.body());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** The session cookie it sets. */
    String cookie() {
      return header("Set-Cookie").split(";", 2)[0];
    }

    /** Checks a refusal: its status, and the pointer of its first fault ("" when it has none). */
    void isRefused(int wanted, String pointer) {
      assertThat(status).as(response.body()).isEqualTo(wanted);
      assertThat(header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(json().at("/errors/0/pointer").asString("")).isEqualTo(pointer);
    }
  }

  Api with(String name, String value) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(name, value);
    return new Api(base, all);
  }

  Answer get(String path) {
    return call("GET", path, null);
  }

  Answer delete(String path) {
    return call("DELETE", path, null);
  }

  Answer post(String path, @Nullable String json) {
    return call("POST", path, json);
  }

  Answer patch(String path, String json) {
    return call("PATCH", path, json);
  }

  Answer call(String method, String path, @Nullable String json) {
    return later(method, path, json).join();
  }

  CompletableFuture<Answer> later(String method, String path, @Nullable String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
    headers.forEach(request::header);
    if (json != null && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    request.method(
        method,
        json == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(json));
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(
            response -> {
              validate(method, path, json, response);
              return new Answer(response.statusCode(), response);
            });
  }

  private void validate(
      String method, String path, @Nullable String json, HttpResponse<String> response) {
    String plain = path.split("\\?", 2)[0];
    if (!plain.startsWith("/api/v1/") || method.equals("HEAD")) {
      return;
    }
    SimpleResponse.Builder answer = SimpleResponse.Builder.status(response.statusCode());
    response.headers().map().forEach(answer::withHeader);
    if (!response.body().isEmpty()) {
      answer.withBody(response.body());
    }
    // What is not there may be no operation: its problem is then the one of all operations.
    boolean nowhere = response.statusCode() == 404 || response.statusCode() == 405;
    ValidationReport report =
        response.statusCode() < 400
            ? DOCUMENT.validate(request(method, path, json), answer.build())
            : DOCUMENT.validateResponse(
                nowhere ? "/api/v1/fleet" : plain,
                nowhere ? Request.Method.GET : Request.Method.valueOf(method),
                answer.build());
    assertThat(report.getMessages()).as(method + " " + path + " " + response.body()).isEmpty();
  }

  private SimpleRequest request(String method, String path, @Nullable String json) {
    String[] parts = path.split("\\?", 2);
    SimpleRequest.Builder request = new SimpleRequest.Builder(method, parts[0]);
    headers.forEach((name, value) -> request.withHeader(name, value));
    if (parts.length == 2) {
      Map<String, List<String>> query = new LinkedHashMap<>();
      for (String pair : parts[1].split("&", -1)) {
        String[] both = pair.split("=", 2);
        query
            .computeIfAbsent(both[0], _ -> new ArrayList<>())
            .add(URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
      // The validator takes a single value of a list for JSON.
      query.keySet().removeAll(Set.of("tag", "device"));
      if (parts[0].endsWith("/export")) {
        query.remove("metric");
      }
      query.forEach(request::withQueryParam);
    }
    if (method.equals("POST") || method.equals("PATCH")) {
      // It asks for the type even where the body is optional and absent.
      request.withContentType("application/json");
    }
    if (json != null) {
      request.withBody(json);
    }
    return request.build();
  }
}
