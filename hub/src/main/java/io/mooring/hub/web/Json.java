package io.mooring.hub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** JSON, read strictly: nothing unknown, nothing twice, nothing of another type, nothing after. */
final class Json {
  private static final StreamReadConstraints LIMITS = StreamReadConstraints.defaults();

  /** An answer holds what was read some levels further down: in a result, in a list of commands. */
  private static final int ANSWER_DEPTH = LIMITS.getMaxNestingDepth() + 10;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(LIMITS)
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(ANSWER_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .withCoercionConfig(
              LogicalType.Textual,
              coercions ->
                  coercions
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** One line, as the event stream needs it. */
  static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** Reads a request's body; a wrong one is refused with a pointer to the place. */
  static <T> T body(byte[] bytes, Class<T> type) {
    return body(bytes, 0, bytes.length, type);
  }

  /** The same for a part of it. */
  static <T> T body(byte[] bytes, int from, int length, Class<T> type) {
    Faults faults = new Faults();
    T value = body(bytes, from, length, type, faults);
    faults.end();
    return value;
  }

  /** The same; of wrong fields those that can be told from each other are noted and left out. */
  static <T> T body(byte[] bytes, int from, int length, Class<T> type, Faults faults) {
    try {
      return there(MAPPER.readValue(bytes, from, length, type));
    } catch (JacksonException e) {
      if (e instanceof StreamReadException broken && !(e instanceof InputCoercionException)) {
        throw JsonFaults.refusal(broken, LIMITS, () -> MAPPER.createParser(bytes, from, length));
      }
      return JsonFaults.without(
          e,
          LIMITS,
          () -> MAPPER.readTree(bytes, from, length),
          tree -> there(MAPPER.treeToValue(tree, type)),
          faults);
    }
  }

  private static <T> T there(@Nullable T value) {
    if (value == null) {
      throw Refusal.of("", "The body must be a JSON object, not null.");
    }
    return value;
  }

  /** The same JSON value always gives the same bytes: names sorted, no blanks. */
  static byte[] canonical(JsonNode value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** What stands in a stored payload; null when it is no JSON after all. */
  static @Nullable JsonNode parse(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      return null;
    }
  }
}
