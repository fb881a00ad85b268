package io.mooring.e2e.device;

import io.mooring.device.Device;
import io.mooring.device.DeviceBuilder;
import io.mooring.device.WhenFull;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What both programs have in common. */
final class Standard {
  /** A scenario must not wait for the delays that a fleet needs. */
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);

  private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);
  private static final int OUTBOX_BYTES = 4 * 1024 * 1024;

  private Standard() {}

  /** A device from the variables MOORING_HUB and MOORING_TOKEN that prints its states. */
  static DeviceBuilder device() {
    return device(variable("MOORING_TOKEN"));
  }

  /** One of several devices of a process. */
  static DeviceBuilder device(String token) {
    return Device.builder(URI.create(variable("MOORING_HUB")), token)
        .backoff(FIRST_DELAY, LONGEST_DELAY)
        .outbox(OUTBOX_BYTES, WhenFull.BLOCK)
        .onState(state -> say("state " + state.phase() + " " + state.reason()));
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set");
    }
    return value;
  }

  /** One line at a time, at once: the reader may look at any moment. */
  static void say(String line) {
    PrintStream out = System.out;
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  /** Returns at the first line of standard input, or at its end. */
  static void awaitStop() throws IOException {
    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
  }
}
