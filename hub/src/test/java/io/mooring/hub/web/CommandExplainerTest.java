package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.LastConnection;
import io.mooring.hub.device.PresenceState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommandExplainerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:02:11.5Z");

  @Test
  void queuedForADeviceThatIsAway() {
    assertThat(why(CommandState.QUEUED, 0, PresenceState.OFFLINE))
        .isEqualTo(
            "Queued: pump-7 has been offline since 2026-11-22T10:02:11Z; it is sent when the device"
                + " reconnects, or expires at 2026-11-22T11:02:11Z.");
  }

  @Test
  void queuedNamesWhatItWaitsFor() {
    assertThat(why(CommandState.QUEUED, 0, null)).contains("has never connected");
    assertThat(why(CommandState.QUEUED, 0, PresenceState.ONLINE))
        .contains("after the commands before it");
    assertThat(why(CommandState.QUEUED, 0, PresenceState.SUSPECT))
        .contains("has been silent since");
    assertThat(why(CommandState.QUEUED, 2, PresenceState.ONLINE))
        .startsWith("Queued again after it was sent 2 times: ");
    assertThat(
            CommandExplainer.why(
                command(CommandState.QUEUED, 0), known(true, null), NOW.plus(Duration.ofDays(1))))
        .contains("ends as expired in a moment");
    assertThat(CommandExplainer.why(command(CommandState.QUEUED, 0), known(false, null), NOW))
        .contains("is disabled");
  }

  @Test
  void expiryTellsWhetherTheDeviceEverGotIt() {
    assertThat(why(CommandState.EXPIRED, 0, null)).contains("without having been sent");
    assertThat(why(CommandState.EXPIRED, 1, null))
        .contains("sent to pump-7 once without an answer");
  }

  @ParameterizedTest
  @EnumSource(CommandState.class)
  void everyStateHasOneSentence(CommandState state) {
    assertThat(why(state, 1, PresenceState.ONLINE)).endsWith(".").contains("2026-11-22T1");
  }

  private static String why(CommandState state, int attempts, @Nullable PresenceState presence) {
    return CommandExplainer.why(command(state, attempts), known(true, presence), NOW);
  }

  private static Command command(CommandState state, int attempts) {
    return new Command(
        new UUID(0, 1),
        1,
        1,
        "set",
        "application/json",
        new byte[0],
        state,
        attempts,
        null,
        NOW,
        NOW,
        NOW.plus(Duration.ofHours(1)),
        null);
  }

  private static KnownDevice known(boolean enabled, @Nullable PresenceState presence) {
    return new KnownDevice(
        new Device(1, "pump-7", "Pump", Map.of(), enabled, NOW, NOW),
        presence == null
            ? null
            : new LastConnection(1, presence, NOW, NOW, "n1", "10.0.0.1", "sdk/1", null, null));
  }
}
