package io.mooring.hub.web;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of the API.
 *
 * @param template path with variables: {@code /api/v1/devices/{device}}
 */
record Route(String method, String template, Need need, Endpoint endpoint) {

  /** Does the operation. May block; may throw {@link Refusal}. */
  @FunctionalInterface
  interface Endpoint {
    Reply answer(Exchange exchange);
  }

  /** The template's variables when the path fits it. */
  Optional<Map<String, String>> match(List<String> path) {
    List<String> own = segments(template);
    if (own.size() != path.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < own.size(); i++) {
      String wanted = own.get(i);
      String given = path.get(i);
      if (wanted.startsWith("{")) {
        if (given.isEmpty()) {
          return Optional.empty();
        }
        variables.put(wanted.substring(1, wanted.length() - 1), given);
      } else if (!wanted.equals(given)) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  static List<String> segments(String path) {
    return Arrays.asList(path.split("/", -1));
  }
}
