package io.mooring.hub.session;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.DeviceLink;
import io.mooring.hub.presence.LastSeen;
import io.mooring.hub.presence.PresenceChange;
import io.mooring.hub.presence.SessionOpen;
import io.mooring.hub.secret.Secret;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.FrameEncoder;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One socket of one device, from the handshake to the end. */
public final class DeviceSession implements DeviceLink {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceSession.class);

  private final Sessions sessions;
  private final Sessions.Identity identity;
  private final Sender sender;
  private final Line line;
  private volatile int rank;
  private volatile Phase phase = Phase.BEGUN;
  private volatile long epoch;
  private @Nullable TelemetryInlet telemetry;
  private final NextToken nextToken = new NextToken();
  private final Ending ending = new Ending(); // guarded by this

  DeviceSession(Sessions sessions, Sessions.Identity identity, Sender sender) {
    this.sessions = sessions;
    this.identity = identity;
    this.sender = sender;
    this.line = new Line(sessions.ticks());
  }

  @Override
  public int deviceKey() {
    return identity.deviceKey();
  }

  @Override
  public long epoch() {
    return epoch;
  }

  public String deviceId() {
    return identity.deviceId();
  }

  String address() {
    return sender.address();
  }

  /** Its own number among those of this node's sockets, none higher than there were at a time. */
  int rank() {
    return rank;
  }

  void ranks(int number) {
    rank = number;
  }

  Sessions.Identity identity() {
    return identity;
  }

  Phase phase() {
    return phase;
  }

  Line line() {
    return line;
  }

  /** Largest message of the device. It learns the hub's own limit from Welcome, not earlier. */
  public int frameBytes() {
    return phase.frameBytes(sessions.config().limits());
  }

  /** Takes a frame. True: read the next one; false: not before {@link Sender#resume}. */
  public boolean on(Inbound frame) {
    line.heard();
    if (phase == Phase.CLOSED || sessions.registry().isDraining()) {
      return false;
    }
    return switch (frame) {
      case Inbound.Hello hello -> hello(hello);
      case Inbound.Malformed malformed -> fail(CloseReason.MALFORMED, malformed.why());
      case Inbound.Layout layout -> open() && inlet().declare(layout);
      case Inbound.Batch batch -> open() && inlet().take(batch, line.clockOffsetUs());
      case Inbound.Heartbeat heartbeat -> open() && heartbeat(heartbeat);
      case Inbound.CommandReceived received ->
          open() && submit(() -> sessions.commands().received(this, received.id()));
      case Inbound.CommandResult result -> open() && answered(result);
      case Inbound.CommandProgress said ->
          open() && submit(() -> sessions.commands().progress(this, said));
      case Inbound.NextTokenStored stored ->
          open() && sessions.rotation().stored(this, stored.tokenId());
    };
  }

  /** A piece of a message has come, which on a slow line is long before the whole of it. */
  public void heardPiece() {
    if (phase == Phase.OPEN) {
      line.heard();
    }
  }

  /** Whether a frame other than Hello is in order; closes if not. */
  private boolean open() {
    return phase == Phase.OPEN
        || fail(CloseReason.OUT_OF_ORDER, "Hello first, then nothing before Welcome");
  }

  private TelemetryInlet inlet() {
    return Objects.requireNonNull(telemetry, "not open");
  }

  private boolean hello(Inbound.Hello hello) {
    if (!moved(Phase.BEGUN, Phase.OPENING)) {
      return fail(CloseReason.OUT_OF_ORDER, "Hello comes once, and first");
    }
    long who = Sessions.who(hello, sender.address());
    Returns.Standing standing = sessions.came(this, who);
    if (standing.comesTooOften()) {
      Level level = standing.isToldOf() ? Level.INFO : Level.DEBUG;
      close(CloseReason.RATE_LIMITED, Returns.TOO_MANY_PAUSE, standing.remark(), level);
      return false;
    }
    nextToken.takes(hello.takesNextToken());
    SessionOpen open =
        new SessionOpen(
            identity.deviceKey(),
            identity.tokenId(),
            identity.unproven(),
            who,
            sender.address(),
            hello.agent(),
            standing.remark(),
            sessions.clock().instant(),
            hello.streams(),
            new Opening(sessions, this, sender, hello.streams()));
    // Read on: nothing may come before Welcome, and closing must be seen.
    return submit(() -> sessions.writer().submit(open));
  }

  /** False: the session is not in this phase, or not any more, as it may end at any time. */
  private synchronized boolean moved(Phase from, Phase to) {
    if (phase != from) {
      return false;
    }
    phase = to;
    return true;
  }

  /** It has its epoch. False: it has ended meanwhile, and its end is to be recorded. */
  boolean opened(long newEpoch, TelemetryInlet inlet) {
    epoch = newEpoch;
    if (identity.unproven()) {
      sessions.metrics().credentials.nextTokens.labelValues("proven").inc();
    }
    telemetry = inlet;
    return moved(Phase.OPENING, Phase.OPEN);
  }

  private boolean heartbeat(Inbound.Heartbeat heartbeat) {
    line.measured(heartbeat, sessions.nowUs());
    sender.send(FrameEncoder.heartbeatReply(heartbeat.timeUs(), sessions.nowUs()));
    return true;
  }

  private boolean answered(Inbound.CommandResult result) {
    int most = sessions.config().limits().commandPayloadBytes();
    if (result.payload().length > most) {
      return fail(CloseReason.LIMIT_EXCEEDED, "a result's payload has at most " + most + " bytes");
    }
    return submit(() -> sessions.commands().answered(this, result));
  }

  /** Hands over to the writer; false while it has no room. */
  boolean submit(Runnable handOver) {
    handOver.run();
    if (!sessions.writer().isFull()) {
      return true;
    }
    line.held();
    sessions.writer().whenRoom(this::resume);
    return false;
  }

  void resume() {
    line.released();
    sender.resume();
  }

  @Override
  public void send(Command command, int attempt) {
    sender.gather(Sessions.frame(command, attempt));
  }

  @Override
  public void acknowledge(UUID command) {
    sender.gather(FrameEncoder.commandResultAck(command));
  }

  @Override
  public void flush() {
    sender.flush();
  }

  NextToken nextToken() {
    return nextToken;
  }

  void handOver(Secret next) {
    sender.send(nextToken.frame(next));
  }

  /** A sign of life to a device whose own frames the hub does not read for now. */
  void reassure() {
    sender.send(FrameEncoder.heartbeatReply(0, sessions.nowUs()));
  }

  /** So that a hub that is killed leaves behind when the device was there. */
  void noteLastSeen() {
    sessions.writer().submit(new LastSeen(deviceKey(), epoch, sessions.heardAt(line)));
  }

  void present(PresenceChange.State state, String cause) {
    Instant heard = sessions.heardAt(line);
    sessions
        .writer()
        .submit(
            PresenceChange.heard(
                deviceKey(), epoch, state, sessions.clock().instant(), heard, cause));
  }

  /** Ends the session for what the device did. Always false, for the return of {@link #on}. */
  public boolean fail(CloseReason reason, String detail) {
    // A device that keeps making the same mistake must not do so at full speed.
    close(reason, Duration.ofSeconds(5), detail);
    return false;
  }

  /** Ends the session from the hub's side. */
  public void close(CloseReason reason, Duration retryAfter, String detail) {
    close(reason, retryAfter, detail, Level.INFO);
  }

  private void close(CloseReason reason, Duration retryAfter, String detail, Level level) {
    synchronized (this) {
      if (phase == Phase.CLOSED || !ending.decided(reason, detail)) {
        return;
      }
    }
    LOG.atLevel(level)
        .log("{} closed, session {}: {} {}", deviceId(), epoch, reason.text(), detail);
    // The peer's answer may come on another thread, and a hub that goes down does not wait for what
    // that one has to store.
    ended(reason.code(), reason.text());
    sender.close(reason, retryAfter, detail);
  }

  /** The socket is gone, whoever ended it. Called at least once; only the first call counts. */
  public void ended(int code, String reason) {
    Phase before;
    synchronized (this) {
      before = phase;
      if (before == Phase.CLOSED) {
        return;
      }
      phase = Phase.CLOSED;
      ending.seen(code, reason);
    }
    sessions.registry().ended(this);
    // Where the epoch is still on its way, its arrival records the end.
    if (before == Phase.OPEN) {
      sessions.commands().detach(this);
      recordEnd();
    }
  }

  void recordEnd() {
    Instant now = sessions.clock().instant();
    Instant heard = sessions.heardAt(line);
    PresenceChange closed;
    synchronized (this) {
      sessions.metrics().sessionsClosed.labelValues(ending.label()).inc();
      closed = PresenceChange.closed(deviceKey(), epoch, now, heard, ending.code(), ending.cause());
    }
    sessions.writer().submit(closed);
  }
}
