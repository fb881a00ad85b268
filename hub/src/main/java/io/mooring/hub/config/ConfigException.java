package io.mooring.hub.config;

import java.util.List;

/** The settings are not valid. Carries every problem found, not only the first. */
public final class ConfigException extends RuntimeException {
  private final List<String> problems;

  public ConfigException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence each: the key, the value, what would be valid, where it came from. */
  public List<String> problems() {
    return problems;
  }
}
