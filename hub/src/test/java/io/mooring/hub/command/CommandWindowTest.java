package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** However large they are: what goes out at once fits in what may wait for a device. */
class CommandWindowTest {
  private static final int COMMANDS = 20;

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));

  @Test
  void largeCommandsDoNotMakeADeviceASlowReader() {
    int key = new Sql(DATABASE).device("d1");
    try (DataPath path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS)) {
      List<String> payloads =
          IntStream.range(0, COMMANDS).mapToObj(i -> i + "x".repeat(30_000)).toList();
      payloads.forEach(payload -> accept(path, key, payload));

      CommandDevice device = CommandDevice.open(path.sessions(), key, false);
      List<String> answered = new ArrayList<>();
      while (answered.size() < COMMANDS) {
        await().until(() -> device.commands.size() > answered.size());
        int waiting =
            device.commands.stream()
                .skip(answered.size())
                .mapToInt(frame -> frame.getSerializedSize())
                .sum();
        assertThat(waiting).isLessThan(Limits.DEFAULTS.sendQueueBytes());
        UUID next = CommandDevice.uuid(device.commands.get(answered.size()));
        answered.add(device.payloads().get(answered.size()));
        device.answer(next);
      }
      assertThat(answered).isEqualTo(payloads);
    }
  }

  private void accept(DataPath path, int key, String payload) {
    path.commands()
        .accept(
            new Command.Request(
                key,
                "step",
                "text/plain",
                payload.getBytes(StandardCharsets.UTF_8),
                time.instant().plusSeconds(60),
                Duration.ofSeconds(60),
                Actors.ANNA,
                null,
                null))
        .join();
  }
}
