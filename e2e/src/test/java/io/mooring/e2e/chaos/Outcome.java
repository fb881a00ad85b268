package io.mooring.e2e.chaos;

import io.mooring.device.CommandResult;
import io.mooring.e2e.harness.Api;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a command stands, as somebody tells it.
 *
 * @param state as in the table and in the API
 * @param payload of the result; null: there is none, or an empty one
 * @param message of the result; null likewise
 */
record Outcome(String state, @Nullable String payload, @Nullable String message) {
  /** What the API says. */
  static Outcome of(Api.Answer answer) {
    JsonNode result = answer.body().path("result");
    JsonNode payload = result.path("payload");
    // JSON is shown as it is, and bytes in base64.
    String text =
        payload.isString()
            ? text(Base64.getDecoder().decode(payload.asString("")))
            : payload.isObject() ? payload.toString() : null;
    return new Outcome(answer.text("state"), text, text(result.path("message").asString("")));
  }

  /** What a handler answers. */
  static Outcome of(CommandResult result) {
    return new Outcome(
        result.status().name().toLowerCase(Locale.ROOT),
        text(result.payload()),
        text(result.message()));
  }

  /** What the SDK has in its journal. */
  static Outcome of(io.mooring.protocol.v1.CommandResult result) {
    String status = result.getStatus().name().substring("COMMAND_STATUS_".length());
    return new Outcome(
        status.toLowerCase(Locale.ROOT),
        text(result.getPayload().toByteArray()),
        text(result.getMessage()));
  }

  private static @Nullable String text(byte[] bytes) {
    return text(new String(bytes, StandardCharsets.UTF_8));
  }

  /** What is empty and what is not there are the same. */
  static @Nullable String text(String text) {
    return text.isEmpty() ? null : text;
  }
}
