package io.mooring.demo;

import java.io.StringWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the JSON of results. */
final class Answer {
  private static final JsonFactory JSON = new JsonFactory();

  private Answer() {}

  /** An object with these members. */
  static String object(Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    }
    return text.toString();
  }

  /** Whether the text is one JSON value and nothing else. */
  static boolean isJson(String text) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Writes members of the object that is open. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator json);
  }
}
