package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.device.BacklogDevice;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A device with 16 MiB of heap that comes back after a long time: what it has gathered arrives once
 * each, what it measures meanwhile does not wait for the end of that, and commands go on.
 */
@Tag("alone")
class BacklogIT {
  private static final String DEVICE = "thermometer";

  /** A day at one a second, each in a batch of its own as they came one by one. */
  private static final int DAY = 86_400;

  private static final int NEW_READINGS = 20;

  /** An address that no hub has. */
  private static final String NOBODY = "ws://127.0.0.1:1";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void withADayOldestFirst() {
    comesBack("oldest", DAY, 0, 0);
  }

  @Test
  void withADayNewestFirst() {
    comesBack("newest", DAY, 0, 0);
  }

  @Test
  void withAFullStoreOldestFirst() {
    comesBack("oldest", 0, 200, 1_000);
  }

  @Test
  void withAFullStoreNewestFirst() {
    comesBack("newest", 0, 200, 1_000);
  }

  private void comesBack(String first, int readings, int textBytes, int lingerMillis) {
    Hub hub = stage.hub(Map.of());
    Map<String, String> variables = hub.deviceVariables(hub.device(DEVICE));
    Map<String, String> offline = new HashMap<>(variables);
    offline.put("MOORING_HUB", NOBODY);
    Path store = stage.dataFolder("store");
    Child gathering =
        device(
            "gathering",
            offline,
            "gather",
            store.toString(),
            Integer.toString(readings),
            Integer.toString(textBytes),
            Integer.toString(lingerMillis));
    long[] gathered = awaitNumbers(gathering, "gathered (\\d+) held (\\d+)");
    gathering.kill();

    long next = gathered[0] + 1;
    Child sending =
        device("sending", variables, "send", store.toString(), first, Long.toString(next));
    long[] opened = awaitNumbers(sending, "opened (\\d+) held (\\d+)");
    assertThat(opened[1]).isEqualTo(gathered[1]);
    sending.await("state CONNECTED.*", 1);
    Api.Answer pong = hub.api().command(DEVICE, "ping", Map.of("n", 1), "Prefer", "wait=30");
    assertThat(pong.text("state")).isEqualTo("succeeded");
    sending.await("drained .*", 1);
    report(sending, first, opened);
    newOnesDidNotWait(sending, opened[1]);

    sending.await("confirmed .*", NEW_READINGS);
    sending.tellToStop();
    assertThat(sending.exitCode()).isZero();
    long[] done = awaitNumbers(sending, "done (\\d+) held (\\d+) dropped (\\d+)");
    assertThat(done[1]).isZero();
    // What found no room was counted while it was gathered, and belongs to the store since then.
    assertThat(done[2]).isEqualTo(gathered[0] - gathered[1]);
    allIsStoredOnce(hub, gathered[1], gathered[0], done[0]);
  }

  /** The first new ones are stored while most of the backlog is not. */
  private static void newOnesDidNotWait(Child sending, long backlog) {
    List<long[]> confirmed = numbers(sending, "confirmed (\\d+) held (\\d+)");
    assertThat(confirmed.getFirst()[1])
        .as("what was held when the first new reading was stored, of %d", backlog)
        .isGreaterThan(backlog / 2);
  }

  private static void allIsStoredOnce(Hub hub, long kept, long gathered, long last) {
    List<String> stored =
        hub.database()
            .column(
                "SELECT count(*) || ' ' || count(DISTINCT integer) || ' ' || min(integer)"
                    + " || ' ' || max(integer) || ' ' || count(*) FILTER (WHERE integer <= ?)"
                    + " FROM reading WHERE device_id = ? AND metric = 'n'",
                gathered,
                DEVICE);
    long all = kept + last - gathered;
    assertThat(stored).containsExactly("%d %d 1 %d %d".formatted(all, all, last, kept));
  }

  private static void report(Child sending, String first, long[] opened) {
    System.err.printf(
        "%s first: %d readings held, opened in %d ms, %s s%n",
        first,
        opened[1],
        opened[0],
        sending.lines().stream().filter(line -> line.startsWith("drained")).findFirst().orElse(""));
  }

  private static long[] awaitNumbers(Child child, String regex) {
    child.await(regex, 1);
    return numbers(child, regex).getFirst();
  }

  private static List<long[]> numbers(Child child, String regex) {
    Pattern pattern = Pattern.compile(regex);
    List<long[]> found = new ArrayList<>();
    for (String line : child.lines()) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        long[] numbers = new long[matcher.groupCount()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Long.parseLong(matcher.group(i + 1));
        }
        found.add(numbers);
      }
    }
    return found;
  }

  /** With the heap that the SDK promises to do with. */
  private Child device(String called, Map<String, String> variables, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                BacklogDevice.class.getName()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MOORING_"));
    builder.environment().putAll(variables);
    return stage.other(called, builder);
  }
}
