package io.mooring.hub.demo;

import io.mooring.hub.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the demo remembers so that a second start shows the same sign-in and key. A hub itself keeps
 * only hashes; this file exists because a demo is no place for secrets.
 */
record DemoState(String adminPassword, String apiKey) {
  private static final String FILE = "demo.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** Shown in place of a password that nobody knows any more. */
  static final String FORGOTTEN = "(set at the first start; demo.json, which held it, is gone)";

  static DemoState read(Path dir) throws IOException {
    Path file = dir.resolve(FILE);
    if (!Files.exists(file)) {
      return new DemoState("", "");
    }
    try {
      return JSON.readValue(Files.readString(file), DemoState.class);
    } catch (JacksonException e) {
      throw new IOException(file + " is damaged; delete it to get a new API key", e);
    }
  }

  void write(Path dir) throws IOException {
    SecretFile.write(dir.resolve(FILE), JSON.writeValueAsString(this) + "\n");
  }
}
