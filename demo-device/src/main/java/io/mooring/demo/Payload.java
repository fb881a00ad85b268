package io.mooring.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A command's payload: a flat JSON object of numbers; nothing at all counts as an empty one. */
final class Payload {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Double> numbers;

  private Payload(Map<String, Double> numbers) {
    this.numbers = numbers;
  }

  /**
   * @param known the names the object may have
   * @throws Unusable when it is not such an object
   */
  static Payload parse(byte[] bytes, Set<String> known) throws Unusable {
    Map<String, Double> numbers = new LinkedHashMap<>();
    if (bytes.length > 0) {
      try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
        read(parser, known, numbers);
      } catch (JacksonException e) {
        throw new Unusable("the payload is not JSON: " + e.getOriginalMessage());
      }
    }
    return new Payload(numbers);
  }

  private static void read(JsonParser parser, Set<String> known, Map<String, Double> numbers)
      throws Unusable {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new Unusable("the payload must be a JSON object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      if (!known.contains(name)) {
        throw new Unusable(
            "unknown field '" + name + "'; known: " + String.join(", ", new TreeSet<>(known)));
      }
      if (!parser.nextToken().isNumeric()) {
        throw new Unusable("'" + name + "' must be a number");
      }
      numbers.put(name, parser.getDoubleValue());
    }
    if (parser.nextToken() != null) {
      throw new Unusable("the payload goes on after its JSON object");
    }
  }

  /** A number that must be there. */
  double number(String name, double least, double most) throws Unusable {
    Double value = numbers.get(name);
    if (value == null) {
      throw new Unusable("'" + name + "' is missing; a number from " + least + " to " + most);
    }
    if (!(value >= least && value <= most)) {
      throw new Unusable("'" + name + "' must be " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  /** A whole number that may be left out. */
  int integer(String name, int least, int most, int otherwise) throws Unusable {
    if (!numbers.containsKey(name)) {
      return otherwise;
    }
    double value = number(name, least, most);
    if (value != Math.rint(value)) {
      throw new Unusable("'" + name + "' must be a whole number, not " + value);
    }
    return (int) value;
  }

  /** Says what is wrong, to whoever sent the command. */
  static final class Unusable extends Exception {
    private final String reason;

    Unusable(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }
}
