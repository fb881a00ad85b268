package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a device needs on its disk, as packaged: the SDK and all that it depends on. */
class SdkJarsIT {
  private static final int MOST_BYTES = 1536 * 1024;

  /** As device-sdk/README.md names them. */
  private static final List<String> JARS =
      List.of(
          "device-sdk", "protocol", "protobuf-javalite", "Java-WebSocket", "slf4j-api", "jspecify");

  @Test
  void takeOneAndAHalfMegabytesAtTheMost() throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      String file = path.getFileName().toString();
      for (String jar : JARS) {
        if (file.matches(jar + "-[0-9].*\\.jar") && !file.endsWith("-tests.jar")) {
          sizes.put(jar, Files.size(path));
        }
      }
    }
    System.err.println("jars of the SDK in bytes: " + sizes);
    assertThat(sizes).containsOnlyKeys(JARS);
    assertThat(sizes.values().stream().mapToLong(size -> size).sum())
        .isLessThanOrEqualTo(MOST_BYTES);
  }
}
