package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.config.Limits;
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
  private static final Command.Front FRONT =
      new Command.Front(new UUID(0, 9), "reboot", CommandState.RECEIVED);
  private static final String FRONT_TEXT =
      "00000000-0000-0000-0000-000000000009 (reboot, received)";

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
        .startsWith("Queued again after it was sent 2 times of at most 10: ");
    assertThat(
            explained(
                command(CommandState.QUEUED, 0), known(true, null), NOW.plus(Duration.ofDays(1))))
        .contains("ends as expired in a moment");
    assertThat(explained(command(CommandState.QUEUED, 0), known(false, null), NOW))
        .contains("is disabled");
  }

  @Test
  void queuedTellsWhatStandsBeforeIt() {
    assertThat(standing(0, 0)).contains("nothing stands before it; it is sent in a moment");
    assertThat(standing(1, 1))
        .contains("it is sent after 1 earlier command, " + FRONT_TEXT + ", or expires");
    assertThat(standing(20, 3))
        .contains(
            "it is sent after 20 earlier commands, the first of them " + FRONT_TEXT + ", or exp");
    assertThat(standing(20, 16))
        .contains("has 16 commands unanswered, as many as it may have")
        .contains("after 20 earlier commands, the first of them " + FRONT_TEXT)
        .contains(" once one is answered");
    assertThat(
            new CommandExplainer(known(true, PresenceState.OFFLINE), NOW, Limits.DEFAULTS)
                .why(command(CommandState.QUEUED, 0), new Command.Standing(2, 0, FRONT)))
        .contains("it is sent after 2 earlier commands, the first of them " + FRONT_TEXT + " when");
  }

  /** The device confirms at once, and does one after the other. */
  @Test
  void whatWaitsOnTheDeviceNamesTheOneInFront() {
    assertThat(behind(CommandState.SENT))
        .contains("(attempt 1 of 10) behind 1 earlier command, " + FRONT_TEXT + "; the device has");
    assertThat(behind(CommandState.RECEIVED))
        .isEqualTo(
            "pump-7 has had it since 2026-11-22T10:02:11Z (attempt 1 of 10), where it waits behind"
                + " 1 earlier command, "
                + FRONT_TEXT
                + "; it expires at 2026-11-22T11:02:11Z.");
  }

  private static String behind(CommandState state) {
    return new CommandExplainer(known(true, PresenceState.ONLINE), NOW, Limits.DEFAULTS)
        .why(command(state, 1), new Command.Standing(1, 2, FRONT));
  }

  private static String standing(int before, int underWay) {
    return new CommandExplainer(known(true, PresenceState.ONLINE), NOW, Limits.DEFAULTS)
        .why(
            command(CommandState.QUEUED, 0),
            new Command.Standing(before, underWay, before == 0 ? null : FRONT));
  }

  @Test
  void underWayTellsTheAttemptAndWhatComesNext() {
    assertThat(why(CommandState.SENT, 3, PresenceState.ONLINE))
        .contains("attempt 3 of 10")
        .contains("is sent again if there is no answer by 2026-11-22T10:17:11Z");
    assertThat(why(CommandState.RECEIVED, 10, PresenceState.ONLINE))
        .contains("attempt 10 of 10")
        .contains("is given up if there is no answer by 2026-11-22T10:17:11Z");
    assertThat(why(CommandState.UNDELIVERABLE, 10, null)).contains("10 times, as often as allowed");
  }

  @Test
  void cancelledTellsWhetherTheDeviceMayHaveCarriedItOut() {
    assertThat(why(CommandState.CANCELLED, 0, null)).contains("before it was sent");
    assertThat(why(CommandState.CANCELLED, 1, null))
        .contains("sent to pump-7 once, which may have carried it out all the same");
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
    return explained(command(state, attempts), known(true, presence), NOW);
  }

  private static String explained(Command command, KnownDevice device, Instant now) {
    return new CommandExplainer(device, now, Limits.DEFAULTS).why(command, null);
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
        null,
        null,
        null,
        null);
  }

  private static KnownDevice known(boolean enabled, @Nullable PresenceState presence) {
    return new KnownDevice(
        new Device(1, "pump-7", "Pump", Map.of(), enabled, NOW, NOW),
        presence == null
            ? null
            : new LastConnection(1, presence, NOW, NOW, "n1", "10.0.0.1", "sdk/1", null, null, 0));
  }
}
