package io.mooring.hub.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.hub.wire.CloseReason;
import io.mooring.protocol.v1.HubFrame;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A socket that only remembers. */
class FakeSender implements Sender {
  final List<HubFrame> sent = new CopyOnWriteArrayList<>();
  final AtomicInteger resumed = new AtomicInteger();
  volatile @Nullable CloseReason closed;
  volatile Duration retryAfter = Duration.ZERO;

  @Override
  public void send(byte[] frame) {
    try {
      if (closed == null) {
        sent.add(HubFrame.parseFrom(frame));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close(CloseReason reason, Duration retryAfter, String detail) {
    if (closed == null) {
      this.retryAfter = retryAfter;
      closed = reason;
    }
  }

  @Override
  public void resume() {
    resumed.incrementAndGet();
  }

  @Override
  public String address() {
    return "127.0.0.1";
  }

  boolean isWelcome() {
    return sent.stream().anyMatch(HubFrame::hasWelcome);
  }

  long count(HubFrame.BodyCase body) {
    return sent.stream().filter(frame -> frame.getBodyCase() == body).count();
  }
}
