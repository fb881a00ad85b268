package io.mooring.hub.gateway;

import io.mooring.hub.config.Limits;
import io.mooring.hub.session.DeviceSession;
import io.mooring.hub.session.ReadRate;
import io.mooring.hub.session.Sender;
import io.mooring.hub.session.Sessions;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.FrameDecoder;
import io.mooring.hub.wire.Inbound;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One socket. Jetty's frames in, the session's frames out. */
final class DeviceEndpoint implements FrameHandler, Sender {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceEndpoint.class);

  /** How long a peer may take to answer a close before its socket is cut. */
  private static final long CLOSE_SECONDS = 2;

  /** What a frame costs besides its payload; without it empty ones would be free. */
  private static final int FRAME_BYTES = 64;

  private final Sessions sessions;
  private final Sessions.Identity identity;
  private final String address;
  private final Limits limits;
  private final Scheduler scheduler;
  private final Executor selector;
  private final Turn turn;
  private final Runnable demanding = this::demand;
  private final Messages messages;
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicBoolean demanded = new AtomicBoolean();
  private final AtomicBoolean closing = new AtomicBoolean();

  private @Nullable CoreSession socket;
  private @Nullable DeviceSession session;
  private @Nullable ReadRate rate;

  /**
   * @param address the device's, as the handshake came from it
   * @param selector runs tasks where the socket is read
   */
  DeviceEndpoint(
      Sessions sessions,
      Sessions.Identity identity,
      String address,
      Scheduler scheduler,
      Executor selector,
      Inflaters inflaters) {
    this.sessions = sessions;
    this.identity = identity;
    this.address = address;
    this.limits = sessions.config().limits();
    this.scheduler = scheduler;
    this.selector = selector;
    this.turn = new Turn(selector);
    this.messages = new Messages(inflaters);
  }

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    var _ = begin(opened);
    callback.succeeded();
    demand();
  }

  /** The same for a socket whose Hello has come already. */
  void takeOver(CoreSession opened, Inbound hello) {
    if (begin(opened).on(hello) || closing.get()) {
      demand();
    }
  }

  private DeviceSession begin(CoreSession opened) {
    socket = opened;
    DeviceSession begun = sessions.begin(identity, this);
    session = begun;
    rate = new ReadRate(begun, sessions, this::later);
    return begun;
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    demanded.set(false);
    int size = frame.getPayloadLength() + FRAME_BYTES;
    boolean readOn =
        switch (frame.getOpCode()) {
          case OpCode.BINARY, OpCode.CONTINUATION -> data(frame);
          case OpCode.TEXT -> session().fail(CloseReason.UNSUPPORTED, "binary messages only");
          case OpCode.PING -> pong(frame);
          default -> true;
        };
    callback.succeeded();
    size += messages.grown();
    // While closing, what still comes is read and dropped until the peer answers the close.
    if ((readOn || closing.get()) && (rate == null || rate.mayReadOn(frame.isFin(), size))) {
      turn.next(size, demanding);
    }
  }

  /**
   * Asks for the next frame, unless it has been asked for: from here, a resume or a close. Jetty
   * reads it on this thread if it has come.
   */
  private void demand() {
    if (demanded.compareAndSet(false, true)) {
      socket().demand();
    }
  }

  private void later(Runnable task, Duration after) {
    var _ = scheduler.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
  }

  private boolean data(Frame frame) {
    if (closing.get()) {
      messages.drop();
      return false;
    }
    try {
      ByteBuffer message = messages.add(frame, session().frameBytes());
      if (message == null) {
        session().heardPiece();
        return true;
      }
      return session().on(FrameDecoder.decode(message));
    } catch (Messages.Refused e) {
      return session().fail(e.reason(), e.why());
    }
  }

  private boolean pong(Frame ping) {
    ByteBuffer payload = ByteBuffer.allocate(ping.getPayloadLength()).put(ping.getPayload()).flip();
    queue(new Frame(OpCode.PONG, payload), payload.remaining(), false);
    return true;
  }

  @Override
  public void send(byte[] frame) {
    queue(new Frame(OpCode.BINARY, ByteBuffer.wrap(frame)), frame.length, false);
  }

  @Override
  public void gather(byte[] frame) {
    queue(new Frame(OpCode.BINARY, ByteBuffer.wrap(frame)), frame.length, true);
  }

  @Override
  public void flush() {
    if (!closing.get()) {
      socket().flush(Callback.NOOP);
    }
  }

  /** Gathered: it goes out with others, or with a flush. */
  private void queue(Frame frame, int payload, boolean gathered) {
    if (closing.get()) {
      return;
    }
    int bytes = payload + FRAME_BYTES;
    if (queued.addAndGet(bytes) > limits.sendQueueBytes()) {
      session().close(CloseReason.SLOW_READER, Duration.ofSeconds(5), "the device does not read");
      return;
    }
    socket().sendFrame(frame, new Sent(bytes), gathered);
  }

  /** Gives a frame's bytes back when it is written or lost. */
  private final class Sent implements Callback {
    private final int bytes;

    Sent(int bytes) {
      this.bytes = bytes;
    }

    @Override
    public void succeeded() {
      queued.addAndGet(-bytes);
    }

    @Override
    public void failed(Throwable failure) {
      queued.addAndGet(-bytes);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }

  @Override
  public void close(CloseReason reason, Duration retryAfter, String detail) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    CoreSession closed = socket();
    closed.close(reason.code(), reason.reason(retryAfter, detail), Callback.NOOP);
    // Read on, so that the peer's answer to the close is seen; one that does not answer is cut off.
    selector.execute(demanding);
    if (scheduler.schedule(closed::abort, CLOSE_SECONDS, TimeUnit.SECONDS) == null) {
      closed.abort();
    }
  }

  @Override
  public void resume() {
    selector.execute(demanding);
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    LOG.debug("{}: {}", identity.deviceId(), cause.toString());
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    DeviceSession ended = session;
    if (ended != null) {
      String reason = status.getReason();
      ended.ended(status.getCode(), reason == null ? "" : reason);
    }
    callback.succeeded();
  }

  private CoreSession socket() {
    CoreSession opened = socket;
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }

  private DeviceSession session() {
    DeviceSession begun = session;
    if (begun == null) {
      throw new IllegalStateException("not open");
    }
    return begun;
  }
}
