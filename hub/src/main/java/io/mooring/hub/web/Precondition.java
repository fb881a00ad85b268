package io.mooring.hub.web;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpStatus;

/** That an edit overwrites nothing its caller has not seen: {@code ETag} and {@code If-Match}. */
final class Precondition {
  private Precondition() {}

  /** The headers of an answer that shows a thing of this version. */
  static Map<String, String> tagOf(String version) {
    return Map.of("ETag", entityTag(version));
  }

  private static String entityTag(String version) {
    return '"' + version + '"';
  }

  /**
   * Refuses with 428 where If-Match is missing.
   *
   * @param thing with its article
   */
  static void require(Exchange exchange, String thing) {
    if (exchange.header("If-Match") == null) {
      throw new Refusal(
          Problem.of(
              HttpStatus.PRECONDITION_REQUIRED_428,
              "precondition-required",
              "Say which state you change",
              "Send `If-Match` with the ETag of %s as you have read it, or *.".formatted(thing)));
    }
  }

  /** Whether a version is the one that is meant, by If-Match; where there is none, any is. */
  static Predicate<String> asKnown(Exchange exchange) {
    String header = exchange.header("If-Match");
    if (header == null || header.strip().equals("*")) {
      return _ -> true;
    }
    return version ->
        Arrays.stream(header.split(",", 32))
            .anyMatch(tag -> tag.strip().equals(entityTag(version)));
  }

  /**
   * It is of another version.
   *
   * @param thing with its article
   */
  static Refusal failed(String thing) {
    return new Refusal(
        Problem.of(
            HttpStatus.PRECONDITION_FAILED_412,
            "changed-meanwhile",
            "%s has been changed meanwhile".formatted(thing),
            "It is not as your If-Match says. Read it again, and repeat the change."));
  }
}
