package io.mooring.hub.client;

import tools.jackson.databind.JsonNode;

/** The hub refused a request, or could not be reached; the message is for people. */
public final class HubRefusal extends RuntimeException {
  private final int status;

  HubRefusal(int status, String message) {
    super(message);
    this.status = status;
  }

  HubRefusal(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
  }

  /** HTTP status; 0 when there was no answer. */
  public int status() {
    return status;
  }

  /** Puts problem details (RFC 9457) into words. */
  static HubRefusal of(int status, JsonNode problem) {
    StringBuilder text = new StringBuilder();
    text.append(problem.path("title").asString("The hub answered " + status));
    String detail = problem.path("detail").asString("");
    if (!detail.isEmpty()) {
      text.append(System.lineSeparator()).append(detail);
    }
    for (JsonNode error : problem.path("errors")) {
      text.append(System.lineSeparator())
          .append("  ")
          .append(error.path("pointer").asString(""))
          .append(": ")
          .append(error.path("detail").asString(""));
    }
    return new HubRefusal(status, text.toString());
  }
}
