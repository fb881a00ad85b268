package io.mooring.hub.web;

import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** Ends a request with a problem. Carries no stack trace: it is an answer, not a fault of ours. */
final class Refusal extends RuntimeException {
  private final transient Problem problem;
  private final transient Map<String, String> headers;

  Refusal(Problem problem, Map<String, String> headers) {
    super(problem.title(), null, false, false);
    this.problem = problem;
    this.headers = headers;
  }

  Refusal(Problem problem) {
    this(problem, Map.of());
  }

  /** A single faulty part. */
  static Refusal of(String pointer, String detail) {
    return new Refusal(Problem.invalid(List.of(new Problem.Fault(pointer, detail))));
  }

  static Refusal notFound(String detail) {
    return new Refusal(Problem.of(HttpStatus.NOT_FOUND_404, "not-found", "Not found", detail));
  }

  static Refusal noDevice() {
    return notFound("No device has this id. Register it with POST /api/v1/devices.");
  }

  static Refusal forbidden(String detail) {
    return new Refusal(Problem.of(HttpStatus.FORBIDDEN_403, "forbidden", "Not allowed", detail));
  }

  static Refusal unauthorized(String detail) {
    return new Refusal(
        Problem.of(HttpStatus.UNAUTHORIZED_401, "unauthorized", "Not signed in", detail),
        Map.of("WWW-Authenticate", "Bearer realm=\"mooring\""));
  }

  static Refusal unavailable(String detail) {
    return new Refusal(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE_503, "unavailable", "Not available just now", detail),
        Map.of("Retry-After", "2"));
  }

  Problem problem() {
    return problem;
  }

  Map<String, String> headers() {
    return headers;
  }
}
