package io.mooring.hub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceProcessTest {
  @TempDir Path dir;
  private final List<String> said = new CopyOnWriteArrayList<>();

  /** Ends with its standard input, as the demo device does. */
  private static final List<String> CAT = List.of("sh", "-c", "echo began; exec cat");

  @Test
  void startsAgainWhenItDiesAndEndsWithClose() throws IOException {
    Path log = dir.resolve("device.log");
    long last;
    try (DeviceProcess device = new DeviceProcess(CAT, log, Duration.ofMillis(10), said::add)) {
      long first = device.pid();
      // It may not be killed before it has begun: the log would lack its line.
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.exists(log) && Files.readAllLines(log).size() == 1);
      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> device.pid() != first);
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.readAllLines(log).size() == 2);
      last = device.pid();
      assertThat(said).singleElement().asString().contains("code 137").contains(log.toString());
    }
    assertThat(ProcessHandle.of(last).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void setsALargeLogAsideAtAStart() throws IOException {
    Path log = Files.write(dir.resolve("device.log"), new byte[1024 * 1024 + 1]);
    Files.writeString(dir.resolve("device.log.1"), "older");
    try (DeviceProcess _ = new DeviceProcess(CAT, log, Duration.ofMillis(10), said::add)) {
      assertThat(dir.resolve("device.log.1")).hasSize(1024 * 1024 + 1);
      assertThat(Files.size(log)).isLessThan(100);
    }
  }

  @Test
  void keepsSecretsOfTheDemoForItsOwnerOnly() throws IOException {
    new DemoState("pw", "mrk_1").write(dir);
    assertThat(DemoState.read(dir)).isEqualTo(new DemoState("pw", "mrk_1"));
    assertThat(Files.getPosixFilePermissions(dir.resolve("demo.json"))).hasSize(2);
  }
}
