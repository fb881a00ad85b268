package io.mooring.hub.cli;

import io.mooring.hub.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A file that exists exactly while the hub answers: scripts wait for it. */
record ReadyFile(@Nullable Path path) implements AutoCloseable {
  /** Removes the file of an earlier run: it would claim too early that all is ready. */
  static ReadyFile at(@Nullable Path path) throws IOException {
    ReadyFile file = new ReadyFile(path == null ? null : path.toAbsolutePath());
    file.close();
    return file;
  }

  void write(Map<String, Object> content) throws IOException {
    if (path != null) {
      SecretFile.write(path, JsonMapper.shared().writeValueAsString(content) + "\n");
    }
  }

  @Override
  public void close() throws IOException {
    if (path != null) {
      Files.deleteIfExists(path);
    }
  }
}
