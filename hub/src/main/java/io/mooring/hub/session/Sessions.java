package io.mooring.hub.session;

import io.mooring.hub.admission.HandshakeGate;
import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandRelay;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.telemetry.TelemetryIntake;
import io.mooring.hub.wire.FrameEncoder;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sessions share.
 *
 * @param ticks a clock that never jumps, in nanoseconds
 * @param blocking runs work that may block on the database
 */
public record Sessions(
    HubConfig config,
    SessionRegistry registry,
    TelemetryIntake telemetry,
    CommandRelay commands,
    Rotation rotation,
    BatchWriter writer,
    Metrics metrics,
    InstantSource clock,
    LongSupplier ticks,
    Executor blocking) {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  /** So that each way to end is counted from the start. */
  public Sessions {
    Ending.labels().forEach(metrics.sessionsClosed::initLabelValues);
  }

  /** A socket has opened; its first frame must be Hello. */
  public DeviceSession begin(Identity identity, Sender sender) {
    DeviceSession session = new DeviceSession(this, identity, sender);
    registry.began(session);
    return session;
  }

  /**
   * Who the handshake found the peer to be.
   *
   * @param tokenId of the token, or the fingerprint of the certificate that stands for one
   * @param expiresAt when its token ceases to be valid, and with it the session; null: never
   * @param unproven the token was handed over in an earlier session, and this is its first
   */
  public record Identity(
      int deviceKey,
      String deviceId,
      String tokenId,
      @Nullable Instant expiresAt,
      boolean unproven) {
    /** One whose token does not expire. */
    public Identity(int deviceKey, String deviceId, String tokenId) {
      this(deviceKey, deviceId, tokenId, null, false);
    }
  }

  /** A device had to drop so many readings since it last told; perhaps none. */
  void dropped(String device, long readings) {
    if (readings > 0) {
      metrics.droppedReadings.inc(readings);
      LOG.warn("{} had to drop {} readings since it last told", device, readings);
    }
  }

  /** Tells a device from another one with the same token, as well as can be. */
  static long who(Inbound.Hello hello, String address) {
    // A device keeps its streams wherever it is; one that sends nothing has only its place.
    return hello.streams().isEmpty()
        ? (address + " " + hello.agent()).hashCode()
        : hello.streams().stream().mapToLong(Inbound.Stream::id).sum();
  }

  /** A device says Hello; one that comes and goes, or fights with another, is told of. */
  Returns.Standing came(DeviceSession session, long who) {
    Returns.Standing standing = registry.came(session.deviceKey(), who);
    if (standing.isNews()) {
      metrics.returns.labelValues(standing.isContested() ? "contested" : "flapping").inc();
      LOG.warn("{} comes and goes{}", session.deviceId(), standing.remark());
    }
    return standing;
  }

  /** When a device is to come back if this hub is killed, which then cannot say so. */
  Duration reconnectSlot(DeviceSession session) {
    return HandshakeGate.slot(session.rank(), config.limits().sockets().handshakes());
  }

  /** When the line's device was heard last, by the hub's clock. */
  Instant heardAt(Line line) {
    return clock.instant().minusNanos(line.silentNanos());
  }

  /** The hub's clock in microseconds since 1970. */
  long nowUs() {
    return us(clock.instant());
  }

  static long us(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  static byte[] frame(Command command, int attempt) {
    return FrameEncoder.command(
        command.id(),
        command.name(),
        command.contentType(),
        command.payload(),
        attempt,
        us(command.expiresAt()));
  }

  /** The bounds of every session, for Welcome. */
  FrameEncoder.SessionLimits limits() {
    Limits limits = config.limits();
    return new FrameEncoder.SessionLimits(
        limits.frameBytes(),
        limits.batchReadings(),
        limits.batchValues(),
        limits.unacknowledgedBatches(),
        limits.layouts(),
        limits.commandPayloadBytes(),
        (int) Limits.PROGRESS_INTERVAL.toMillis());
  }
}
