package io.mooring.device.internal.session;

import io.mooring.device.internal.command.CommandDesk;
import io.mooring.device.internal.telemetry.Outbox;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Welcome;
import java.time.Duration;
import java.util.List;

/** The first frame of each side. */
final class Greeting {
  /** No hub means to keep its devices away for longer. */
  private static final Duration LONGEST_SLOT = Duration.ofHours(1);

  /** Largest payload of a result; for a hub that does not say. */
  private static final int PAYLOAD_BYTES = 32 * 1024;

  private Greeting() {}

  static Hello hello(String agent, List<Outbox.StreamState> streams, boolean takesNextToken) {
    Hello.Builder hello = Hello.newBuilder().setAgent(agent).setTakesNextToken(takesNextToken);
    for (Outbox.StreamState state : streams) {
      hello.addStreams(
          Stream.newBuilder()
              .setId(state.id())
              .setFirstSeq(state.firstSeq())
              .setNextSeq(state.nextSeq())
              .setOldestTimeUs(state.oldestTimeUs())
              .setDroppedReadings(state.droppedReadings()));
    }
    return hello.build();
  }

  /**
   * Whether a session can live by it: a limit of 0 would silently stop all telemetry.
   *
   * @param streams how many Hello listed
   */
  static boolean isUsable(Welcome welcome, int streams) {
    Limits limits = welcome.getLimits();
    return welcome.getStoredSeqsCount() == streams
        && welcome.getHeartbeatIntervalMs() > 0
        && limits.getFrameBytes() > 0
        && limits.getBatchReadings() > 0
        && limits.getBatchValues() > 0
        && limits.getUnacknowledgedBatches() > 0
        && limits.getLayouts() > 0;
  }

  /** This device's turn to come back if the hub is lost. */
  static Duration slot(Welcome welcome) {
    long ms = Integer.toUnsignedLong(welcome.getReconnectSlotMs());
    return Duration.ofMillis(Math.min(ms, LONGEST_SLOT.toMillis()));
  }

  /** What the hub says of commands. */
  static CommandDesk.Terms terms(Limits limits, HubClock clock) {
    int payload = limits.getCommandPayloadBytes();
    return new CommandDesk.Terms(
        clock,
        payload == 0 ? PAYLOAD_BYTES : payload,
        Duration.ofMillis(limits.getCommandProgressIntervalMs()));
  }
}
