package io.mooring.hub.web;

import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong and how to mend it (RFC 9457).
 *
 * @param type {@code urn:mooring:problem:} and a name that stays the same
 */
record Problem(
    String type, String title, int status, @Nullable String detail, @Nullable List<Fault> errors) {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final String TYPES = "urn:mooring:problem:";

  /**
   * One faulty part of a request.
   *
   * @param pointer JSON pointer into the body, {@code ?name} for a query parameter, or a header
   *     name
   */
  record Fault(String pointer, String detail) {}

  static Problem of(int status, String name, String title, String detail) {
    return new Problem(TYPES + name, title, status, detail, null);
  }

  /** The request itself is wrong. */
  static Problem invalid(List<Fault> faults) {
    return new Problem(
        TYPES + "invalid-request",
        "The request is not valid",
        HttpStatus.BAD_REQUEST_400,
        "Mend what `errors` names and send the request again.",
        List.copyOf(faults));
  }

  /** A status that says it all. */
  static Problem ofStatus(int status) {
    String title = HttpStatus.getMessage(status);
    return new Problem(
        TYPES + title.toLowerCase(Locale.ROOT).replace(' ', '-'), title, status, null, null);
  }
}
