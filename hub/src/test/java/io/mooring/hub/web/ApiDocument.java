package io.mooring.hub.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document, and bodies that break what it says. */
final class ApiDocument {
  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNode ROOT =
      JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text()));

  private ApiDocument() {}

  /** As it is served. */
  static String text() {
    try (var in = ApiDocument.class.getResourceAsStream("/api/openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("api/openapi.yaml is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Routes that take a body, as {@code POST /api/v1/devices}. */
  static Stream<String> routesWithBody() {
    return ROOT.at("/paths").properties().stream()
        .flatMap(
            path ->
                METHODS.stream()
                    .filter(method -> path.getValue().at("/" + method).has("requestBody"))
                    .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
  }

  /** The body that the document shows, or none. */
  static JsonNode example(String route) {
    return content(route).path("example");
  }

  /** Whether a variable of a path is a UUID. */
  static boolean isUuid(String variable) {
    return ROOT.at("/components/parameters")
        .valueStream()
        .anyMatch(
            parameter ->
                parameter.path("name").asString("").equals(variable)
                    && parameter.at("/schema/format").asString("").equals("uuid"));
  }

  /**
   * The example with one fault each: each field that is needed left out, each field of another
   * type, and beyond each bound that its schema sets. By the pointer of the fault and what it is.
   */
  static Map<String, JsonNode> badBodies(String route) {
    Map<String, JsonNode> bad = new TreeMap<>();
    spoil(content(route).path("schema"), "", example(route), bad);
    return bad;
  }

  private static JsonNode content(String route) {
    String[] both = route.split(" ", 2);
    return ROOT.path("paths")
        .path(both[1])
        .path(both[0].toLowerCase(Locale.ROOT))
        .at("/requestBody/content/application~1json");
  }

  private static void spoil(
      JsonNode schema, String pointer, JsonNode good, Map<String, JsonNode> bad) {
    JsonNode of = resolved(schema);
    for (JsonNode required : of.path("required")) {
      String name = required.asString();
      ObjectNode without = (ObjectNode) good.deepCopy();
      ((ObjectNode) without.at(pointer)).remove(name);
      bad.put(pointer + "/" + name + " missing", without);
    }
    for (Map.Entry<String, JsonNode> property : of.path("properties").properties()) {
      String at = pointer + "/" + property.getKey();
      JsonNode one = resolved(property.getValue());
      faults(one).forEach((what, value) -> bad.put(at + " " + what, with(good, at, value)));
      if (good.at(at).isObject()) {
        spoil(one, at, good, bad);
      }
    }
  }

  private static Map<String, Object> faults(JsonNode schema) {
    Map<String, Object> faults = new TreeMap<>();
    switch (schema.path("type").asString("")) {
      case "string" -> faults.put("of another type", Map.of("a", 1));
      case "" -> {}
      default -> faults.put("of another type", "nonsense");
    }
    if (schema.has("enum")) {
      faults.put("of no such value", "nonsense");
    }
    if (schema.has("maxLength")) {
      faults.put("too long", "x".repeat(schema.path("maxLength").asInt() + 1));
    }
    if (schema.has("minimum")) {
      faults.put("too small", schema.path("minimum").asLong() - 1);
    }
    if (schema.has("maximum")) {
      faults.put("too large", schema.path("maximum").asLong() + 1);
    }
    return faults;
  }

  private static JsonNode with(JsonNode good, String pointer, Object value) {
    JsonNode copy = good.deepCopy();
    JsonPointer at = JsonPointer.compile(pointer);
    ((ObjectNode) copy.at(at.head())).set(at.last().getMatchingProperty(), JSON.valueToTree(value));
    return copy;
  }

  private static JsonNode resolved(JsonNode schema) {
    String ref = schema.path("$ref").asString("");
    return ref.isEmpty() ? schema : resolved(ROOT.at(ref.substring(1)));
  }
}
