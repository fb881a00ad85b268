package io.mooring.hub.web;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says of JSON that cannot be taken where it is wrong, what is needed there, and what is. */
final class JsonFaults {
  private JsonFaults() {}

  /**
   * The refusal.
   *
   * @param tree the same JSON whatever is needed; read only to say what is there
   */
  static Refusal refusal(
      JacksonException e, StreamReadConstraints limits, Supplier<JsonNode> tree) {
    String pointer = pointer(e.getPath());
    String place = place(e);
    return switch (e) {
      case StreamConstraintsException _ ->
          Refusal.of(
              "",
              "The body goes beyond a limit%s: at most %d levels of arrays and objects, numbers and names of at most %d and %d characters."
                  .formatted(
                      place,
                      limits.getMaxNestingDepth(),
                      limits.getMaxNumberLength(),
                      limits.getMaxNameLength()));
      case InputCoercionException beyond ->
          Refusal.of(
              pointer,
              "Needed: " + range(beyond.getTargetType()) + ", not one beyond" + place + ".");
      case UnrecognizedPropertyException _ ->
          Refusal.of(pointer, "No such field here. Check its spelling.");
      case MismatchedInputException wrong ->
          Refusal.of(
              pointer,
              "Needed: " + needed(wrong.getTargetType()) + given(tree, pointer) + place + ".");
      case DatabindException _ ->
          Refusal.of(pointer, "The body is not of the form needed" + place + ".");
      default -> Refusal.of("", "The body is not valid JSON" + place + ".");
    };
  }

  private static String place(JacksonException e) {
    return e.getLocation() != null && e.getLocation().getLineNr() > 0
        ? " (line %d, column %d)"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr())
        : "";
  }

  private static String range(@Nullable Class<?> type) {
    boolean small = type == int.class || type == Integer.class;
    return "a whole number from %d to %d"
        .formatted(
            small ? Integer.MIN_VALUE : Long.MIN_VALUE, small ? Integer.MAX_VALUE : Long.MAX_VALUE);
  }

  private static String needed(@Nullable Class<?> type) {
    if (type == null) {
      return "a value of another type";
    }
    if (type == String.class) {
      return "a string";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || Number.class.isAssignableFrom(type)) {
      return "a number";
    }
    return Collection.class.isAssignableFrom(type) ? "an array" : "an object";
  }

  private static String given(Supplier<JsonNode> tree, String pointer) {
    JsonNode found;
    try {
      found = tree.get().at(pointer);
    } catch (JacksonException e) {
      return ""; // what comes after that place is no JSON
    }
    return switch (found.getNodeType()) {
      case MISSING -> "; there is nothing";
      case NULL -> ", not null";
      case BOOLEAN -> ", not true or false";
      case NUMBER -> found.isIntegralNumber() ? ", not a number" : ", not a number with a fraction";
      case STRING -> ", not a string";
      case ARRAY -> ", not an array";
      case OBJECT -> ", not an object";
      case BINARY, POJO -> throw new IllegalStateException("no JSON is read as this");
    };
  }

  private static String pointer(List<JacksonException.Reference> path) {
    StringBuilder pointer = new StringBuilder();
    for (JacksonException.Reference step : path) {
      String name = step.getPropertyName();
      pointer
          .append('/')
          .append(
              name == null
                  ? Integer.toString(step.getIndex())
                  : name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }
}
