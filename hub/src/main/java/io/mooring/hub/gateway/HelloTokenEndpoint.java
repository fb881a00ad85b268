package io.mooring.hub.gateway;

import io.mooring.hub.ops.Metrics;
import io.mooring.hub.session.Sessions;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.FrameDecoder;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a client that could not send a token with the handshake. Its first message must be a
 * Hello that holds one; from there on it is a socket like any other. Until then it has little time,
 * few bytes, and few beside it. While the token is looked up, nothing is read.
 */
final class HelloTokenEndpoint implements FrameHandler {
  /** A Hello is at most about 500 bytes: agent, token and four streams. */
  static final int BYTES = 1024;

  private static final long CLOSE_SECONDS = 2;

  private final Handshake handshake;
  private final String address;
  private final UnprovenSockets unproven;
  private final Room room;
  private final Duration timeout;
  private final Scheduler scheduler;
  private final Executor selector;
  private final Turn turn;
  private final Metrics metrics;
  private final Function<Sessions.Identity, DeviceEndpoint> endpoints;
  private final ByteBuffer message = ByteBuffer.allocate(BYTES);

  private @Nullable CoreSession socket;
  private Scheduler.@Nullable Task deadline;
  private boolean counted; // guarded by this
  private boolean ended; // guarded by this

  /** Set once the token has proven who it is. */
  private volatile @Nullable DeviceEndpoint proven;

  /**
   * @param endpoints what the socket becomes
   */
  HelloTokenEndpoint(
      Handshake handshake,
      String address,
      UnprovenSockets unproven,
      Room room,
      Duration timeout,
      Scheduler scheduler,
      Executor selector,
      Metrics metrics,
      Function<Sessions.Identity, DeviceEndpoint> endpoints) {
    this.handshake = handshake;
    this.address = address;
    this.unproven = unproven;
    this.room = room;
    this.timeout = timeout;
    this.scheduler = scheduler;
    this.selector = selector;
    this.turn = new Turn(selector);
    this.metrics = metrics;
    this.endpoints = endpoints;
  }

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    socket = opened;
    synchronized (this) {
      counted = unproven.enter(address);
    }
    callback.succeeded();
    if (counted) {
      deadline =
          scheduler.schedule(
              () -> refuse(CloseReason.HELLO_TIMEOUT, "Hello must come within " + seconds(timeout)),
              timeout.toMillis(),
              TimeUnit.MILLISECONDS);
    } else {
      UnprovenSockets.FULL.tell(handshake, address, null);
      refuse(CloseReason.RATE_LIMITED, "too many sockets without a token");
    }
    opened.demand();
  }

  /** {@code 5 s}, {@code 0.5 s}. */
  private static String seconds(Duration time) {
    return new BigDecimal(time.toMillis()).movePointLeft(3).stripTrailingZeros().toPlainString()
        + " s";
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    DeviceEndpoint device = proven;
    if (device != null) {
      device.onFrame(frame, callback);
      return;
    }
    boolean readOn =
        switch (frame.getOpCode()) {
          case OpCode.BINARY, OpCode.CONTINUATION -> data(frame);
          case OpCode.TEXT -> refuse(CloseReason.UNSUPPORTED, "binary messages only");
          case OpCode.PING -> refuse(CloseReason.OUT_OF_ORDER, "Hello comes first");
          default -> true;
        };
    callback.succeeded();
    if (readOn) {
      turn.next(frame.getPayloadLength(), socket()::demand);
    }
  }

  /** False: nothing more is read before the token has been looked up. */
  private boolean data(Frame frame) {
    if (isEnded()) {
      return true; // read and dropped until the peer answers the close
    }
    ByteBuffer payload = frame.getPayload();
    if (payload.remaining() > message.remaining()) {
      return refuse(
          CloseReason.FRAME_TOO_LARGE, "a Hello with a token has at most " + BYTES + " bytes");
    }
    message.put(payload);
    if (!frame.isFin()) {
      return true;
    }
    String token = FrameDecoder.helloToken(message.flip());
    if (token.isEmpty()) {
      return refuse(CloseReason.TOKEN_REFUSED, "the first message must be Hello with a token");
    }
    // Not on the thread that looked it up: that one would read the socket from then on.
    var _ = handshake.decide("Bearer " + token, address).thenAcceptAsync(this::decided, selector);
    return false;
  }

  private void decided(Handshake.Decision decision) {
    switch (decision) {
      case Handshake.Decision.Refused(Refusal refusal) -> turnAway(refusal);
      case Handshake.Decision.Welcome(Sessions.Identity identity) -> {
        Room.Full full = room.enter(identity, address, () -> becomes(endpoints.apply(identity)));
        if (full != null) {
          metrics.handshakesRefused.labelValues(full.reason()).inc();
          full.tell(handshake, address, identity.deviceId());
          turnAway(full.refusal());
        }
      }
    }
  }

  private void becomes(DeviceEndpoint device) {
    synchronized (this) {
      if (ended) {
        return;
      }
      leave();
      proven = device;
    }
    device.takeOver(socket(), FrameDecoder.decode(message.rewind()));
  }

  private void turnAway(Refusal refusal) {
    close(refusal.closeReason(), refusal.retry(), refusal.title());
    socket().demand();
  }

  /** Counted as the handshake that it is part of. Always true. */
  private boolean refuse(CloseReason reason, String detail) {
    if (close(reason, Duration.ZERO, detail)) {
      metrics.handshakesRefused.labelValues(reason.text()).inc();
    }
    return true;
  }

  /** False: it has ended already, or is proven. */
  private boolean close(CloseReason reason, Duration retryAfter, String detail) {
    synchronized (this) {
      if (ended || proven != null) {
        return false;
      }
      ended = true;
      leave();
    }
    CoreSession closed = socket();
    closed.close(reason.code(), reason.reason(retryAfter, detail), Callback.NOOP);
    if (scheduler.schedule(closed::abort, CLOSE_SECONDS, TimeUnit.SECONDS) == null) {
      closed.abort();
    }
    return true;
  }

  /** Called with the lock held. */
  private void leave() {
    if (counted) {
      counted = false;
      unproven.leave(address);
    }
    Scheduler.Task waiting = deadline;
    if (waiting != null) {
      var _ = waiting.cancel();
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    DeviceEndpoint device = proven;
    if (device != null) {
      device.onError(cause, callback);
    } else {
      callback.succeeded();
    }
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    synchronized (this) {
      ended = true;
      leave();
    }
    DeviceEndpoint device = proven;
    if (device != null) {
      device.onClosed(status, callback);
    } else {
      callback.succeeded();
    }
  }

  private CoreSession socket() {
    CoreSession opened = socket;
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }
}
