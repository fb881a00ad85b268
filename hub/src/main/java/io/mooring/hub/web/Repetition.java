package io.mooring.hub.web;

import io.mooring.hub.db.Once;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** What requests are told whose idempotency key was used before. */
final class Repetition {
  private Repetition() {}

  /**
   * The key belongs to another request.
   *
   * @param by what that one made
   */
  static Refusal keyTaken(String by) {
    return new Refusal(
        Problem.of(
            HttpStatus.UNPROCESSABLE_ENTITY_422,
            "idempotency-key-taken",
            "The idempotency key belongs to another request",
            "It was used for %s with another content. Use a new key.".formatted(by)));
  }

  /** There is nothing to show again: a secret is shown once and kept nowhere, or it is gone. */
  static Refusal refusal(Once.Repeated repeated) {
    String target = repeated.target();
    if (!repeated.same()) {
      return keyTaken(path(target));
    }
    return new Refusal(
        Problem.of(
            HttpStatus.CONFLICT_409,
            "made-before",
            "The request was carried out before",
            "It made %s, and nothing now. %s".formatted(path(target), instead(target))),
        Map.of("Location", "/api/v1/" + path(target)));
  }

  /** Without what tells two secrets of one webhook apart. */
  private static String path(String target) {
    int mark = target.indexOf('#');
    return mark < 0 ? target : target.substring(0, mark);
  }

  private static String instead(String target) {
    String kept = "The secret was in the answer to the first request and is kept nowhere. ";
    if (target.startsWith("users/")) {
      return kept + "If that answer was lost, reset the user's password.";
    }
    if (target.startsWith("webhooks/") && target.contains("#")) {
      return "Another secret has taken its place since. Use a new key to make one.";
    }
    if (target.contains("/certificates/")) {
      return "The certificate has been removed since. Use a new key to bind it again.";
    }
    return target.startsWith("devices/") && !target.contains("/tokens/")
        ? "The device has been deleted since. Use a new key to register it again."
        : kept
            + "If that answer was lost, revoke what it made and send the request with a new key.";
  }
}
