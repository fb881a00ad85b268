package io.mooring.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program as a process of its own, as a hub's demo starts it. */
@Timeout(60)
class DemoDeviceTest {
  /** The example of the protocol's P-08. */
  private static final String TOKEN =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  @Test
  void endsWithItsStandardInput() throws Exception {
    try (ServerSocket hub = listen()) {
      Process device = start(hub, "--exit-with-stdin");
      hub.accept().close();
      device.getOutputStream().close();
      assertThat(device.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(device.exitValue()).isZero();
    }
  }

  @Test
  void sendsItsTokenAndEndsOnSigterm() throws Exception {
    try (ServerSocket hub = listen()) {
      Process device = start(hub);
      try (Socket socket = hub.accept()) {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          request.append((char) socket.getInputStream().read());
        }
        assertThat(request)
            .startsWith("GET /device HTTP/1.1")
            .contains("Authorization: Bearer " + TOKEN);
      }
      hub.accept().close(); // it came back, so it has said why it had to
      device.toHandle().destroy(); // unlike Process.destroy leaves the output to be read
      assertThat(device.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(device.exitValue()).isEqualTo(128 + 15);
      assertThat(output(device)).contains("Not connected").doesNotContain(TOKEN);
    }
  }

  @Test
  void saysHowItIsToBeStarted() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command(List.of("--wrong"))).redirectErrorStream(true);
    Process device = builder.start();
    assertThat(output(device)).contains("unknown argument --wrong").contains("usage: DemoDevice");
    assertThat(device.waitFor()).isEqualTo(2);
  }

  /** A thread in accept() hears no interrupt: without a limit of its own it would wait for ever. */
  private static ServerSocket listen() throws IOException {
    ServerSocket hub = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    hub.setSoTimeout(30_000);
    return hub;
  }

  private static Process start(ServerSocket hub, String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--hub", "ws://127.0.0.1:" + hub.getLocalPort()));
    ProcessBuilder builder = new ProcessBuilder(command(all)).redirectErrorStream(true);
    builder.environment().put("MOORING_TOKEN", TOKEN);
    return builder.start();
  }

  private static List<String> command(List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DemoDevice.class.getName());
    command.addAll(args);
    return command;
  }

  private static String output(Process process) throws IOException {
    StringBuilder text = new StringBuilder();
    try (BufferedReader reader = process.inputReader()) {
      reader.lines().forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }
}
