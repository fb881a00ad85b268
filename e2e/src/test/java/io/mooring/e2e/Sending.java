package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.device.SendingDevice;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** A process that sends numbered readings, and what must be true of them. */
record Sending(Child process, Hub hub, String device) {
  private static final Pattern DONE =
      Pattern.compile("done sent=(\\d+) stored=(\\d+) dropped=(\\d+)");

  /** Registers the device and starts its process. */
  static Sending start(Stage stage, Hub hub, String device, int rate, int textBytes) {
    return start(stage, hub, device, device, hub.device(device), rate, textBytes);
  }

  /** Starts a process with a token it is given; {@code called} is its log's name. */
  static Sending start(
      Stage stage, Hub hub, String called, String device, String token, int rate, int textBytes) {
    Child process =
        stage.program(
            called,
            SendingDevice.class,
            hub.deviceVariables(token),
            Integer.toString(rate),
            Integer.toString(textBytes));
    return new Sending(process, hub, device);
  }

  /** Waits until it has a session. */
  Sending awaitConnected() {
    process.await("state CONNECTED.*", 1);
    return this;
  }

  long confirmed() {
    return process.count("confirmed \\d+");
  }

  /** Waits for this many confirmations more. */
  void awaitMore(long readings) {
    process.await("confirmed \\d+", confirmed() + readings);
  }

  /** Whatever the hub has confirmed so far must be in the database at this moment, once. */
  void confirmedAreStored() {
    List<Long> confirmed =
        process.lines().stream()
            .filter(line -> line.startsWith("confirmed "))
            .map(line -> Long.valueOf(line.substring("confirmed ".length())))
            .toList();
    assertThat(hub.database().numbers(device)).doesNotHaveDuplicates().containsAll(confirmed);
  }

  /** Tells it to stop; then every reading it sent must be in the database, once each. */
  long stopAndCheck() {
    process.tellToStop();
    assertThat(process.exitCode()).as("all readings were confirmed").isZero();
    Matcher done =
        process.lines().stream()
            .map(DONE::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow();
    long sent = Long.parseLong(done.group(1));
    assertThat(done.group(2)).isEqualTo(done.group(1));
    assertThat(done.group(3)).isEqualTo("0");
    assertThat(hub.database().numbers(device))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, sent).boxed().toList());
    return sent;
  }
}
