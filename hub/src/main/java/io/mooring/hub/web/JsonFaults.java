package io.mooring.hub.web;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Says of JSON that cannot be taken where it is wrong, what is needed there, and what is. */
final class JsonFaults {
  /** How Jackson's message begins; it has no class of its own. */
  private static final String DUPLICATE = "Duplicate Object property";

  private JsonFaults() {}

  /**
   * What is read without that which is wrong, which is noted: one fault after another is taken out
   * of the tree.
   *
   * @param first what is wrong first
   * @param json the same JSON whatever is needed
   * @param type how it is read
   */
  static <T> T without(
      JacksonException first,
      StreamReadConstraints limits,
      Supplier<JsonNode> json,
      Function<JsonNode, T> type,
      Faults faults) {
    JsonNode tree = tree(json);
    JacksonException e = first;
    for (int i = 0; i < Faults.MOST; i++) {
      Problem.Fault fault = fault(e, limits, tree);
      faults.add(fault);
      if (tree == null || !isTakenOut(tree, fault.pointer())) {
        break;
      }
      try {
        return type.apply(tree);
      } catch (JacksonException next) {
        e = next;
      }
    }
    throw faults.refusal();
  }

  private static @Nullable JsonNode tree(Supplier<JsonNode> json) {
    try {
      return json.get();
    } catch (JacksonException e) {
      return null; // what comes after the first fault is no JSON
    }
  }

  /** Places within an array keep their numbers. False: there is nothing to take out. */
  private static boolean isTakenOut(JsonNode tree, String pointer) {
    if (pointer.isEmpty()) {
      return false;
    }
    JsonPointer place = JsonPointer.compile(pointer);
    JsonNode parent = tree.at(place.head());
    if (parent instanceof ObjectNode object) {
      return object.remove(place.last().getMatchingProperty()) != null;
    }
    int index = place.last().getMatchingIndex();
    return parent instanceof ArrayNode array
        && index < array.size()
        && !array.set(index, NullNode.getInstance()).isEmpty();
  }

  /** Of what is no JSON at all, or JSON that says a thing twice. */
  static Refusal refusal(
      StreamReadException e, StreamReadConstraints limits, Supplier<JsonParser> parser) {
    if (!String.valueOf(e.getOriginalMessage()).startsWith(DUPLICATE)) {
      return new Refusal(Problem.invalid(List.of(fault(e, limits, null))));
    }
    try (JsonParser json = parser.get()) {
      return Refusal.of(endOf(json), "This field is there twice" + place(e) + ".");
    }
  }

  /** Where it cannot be read on. */
  private static String endOf(JsonParser json) {
    try {
      JsonToken token = json.nextToken();
      while (token != null) {
        token = json.nextToken();
      }
    } catch (JacksonException e) {
      // it is there
    }
    return json.streamReadContext().pathAsPointer().toString();
  }

  /**
   * What is wrong.
   *
   * @param tree what is there; null: not to be told
   */
  private static Problem.Fault fault(
      JacksonException e, StreamReadConstraints limits, @Nullable JsonNode tree) {
    String pointer = pointer(e.getPath());
    String place = place(e);
    return switch (e) {
      case StreamConstraintsException _ ->
          new Problem.Fault(
              "",
              "The body goes beyond a limit%s: at most %d levels of arrays and objects, numbers and names of at most %d and %d characters."
                  .formatted(
                      place,
                      limits.getMaxNestingDepth(),
                      limits.getMaxNumberLength(),
                      limits.getMaxNameLength()));
      case InputCoercionException beyond ->
          new Problem.Fault(
              pointer,
              "Needed: " + range(beyond.getTargetType()) + ", not one beyond" + place + ".");
      case UnrecognizedPropertyException unknown ->
          new Problem.Fault(pointer, "No such field here" + known(unknown.getKnownPropertyIds()));
      case MismatchedInputException wrong ->
          new Problem.Fault(
              pointer,
              "Needed: " + needed(wrong.getTargetType()) + given(tree, pointer) + place + ".");
      case DatabindException _ ->
          new Problem.Fault(pointer, "The body is not of the form needed" + place + ".");
      default -> new Problem.Fault("", "The body is not valid JSON" + place + ".");
    };
  }

  private static String known(@Nullable Collection<Object> fields) {
    return fields == null || fields.isEmpty()
        ? "."
        : "; there are: "
            + String.join(", ", fields.stream().map(String::valueOf).sorted().toList())
            + ".";
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

  private static String given(@Nullable JsonNode tree, String pointer) {
    if (tree == null) {
      return "";
    }
    JsonNode found = tree.at(pointer);
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
