package io.mooring.hub.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A device whose packets cease to come, in either direction, without a FIN: it lives in a network
 * namespace of its own whose only line is switched off. Needs {@code ip} and the right to use it.
 */
class VanishedDeviceTest {
  private static final String NAME = "mr" + ProcessHandle.current().pid();
  private static final String NET = "10.213." + ProcessHandle.current().pid() % 250 + ".";

  private static boolean ip(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private static boolean hasLine() throws InterruptedException {
    try {
      return ip("netns add " + NAME)
          && ip("link add " + NAME + "h type veth peer name " + NAME + "d netns " + NAME)
          && ip("addr add " + NET + "1/30 dev " + NAME + "h")
          && ip("link set " + NAME + "h up")
          && ip("-n " + NAME + " addr add " + NET + "2/30 dev " + NAME + "d")
          && ip("-n " + NAME + " link set " + NAME + "d up");
    } catch (IOException e) {
      return false; // no such command
    }
  }

  @Test
  void isFoundByItsSilence() throws IOException, InterruptedException {
    Process device = null;
    try (TestDatabase database = TestDatabase.create();
        TestHub hub = TestHub.start(database, Duration.ofSeconds(1), Limits.DEFAULTS)) {
      assumeTrue(hasLine(), "no right to make network namespaces");
      int key = hub.device("d");
      device =
          new ProcessBuilder(
                  "ip",
                  "netns",
                  "exec",
                  NAME,
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  VanishedDeviceTest.class.getName(),
                  hub.uri().toString().replace("127.0.0.1", NET + "1"))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> hub.path().sessions().registry().measured(key) != null);
      assertThat(ip("-n " + NAME + " link set " + NAME + "d down")).isTrue();
      await()
          .untilAsserted(
              () ->
                  assertThat(hub.text("SELECT close_code || ' ' || close_reason FROM session"))
                      .startsWith("4202 heartbeat-timeout: nothing heard"));
      assertThat(hub.path().sessions().registry().size()).isZero();
    } finally {
      if (device != null) {
        device.destroyForcibly();
      }
      ip("netns del " + NAME);
    }
  }

  /**
   * The device, in its namespace; it lives until it is killed or the test's end closes its input.
   */
  public static void main(String[] args) throws IOException {
    try (RawDevice device = RawDevice.connect(URI.create(args[0]), "d");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      device.hello(5, 1, 1, 0);
      input.readLine();
    }
  }
}
