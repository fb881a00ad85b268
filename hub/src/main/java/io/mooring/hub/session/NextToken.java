package io.mooring.hub.session;

import io.mooring.hub.secret.Secret;
import io.mooring.hub.wire.FrameEncoder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The token that is handed over in a session, if its device takes one. Safe for all threads. */
final class NextToken {
  private final AtomicReference<@Nullable String> awaited = new AtomicReference<>();
  private volatile boolean taken;

  /** What the device says in Hello. */
  void takes(boolean next) {
    taken = next;
  }

  boolean isTaken() {
    return taken;
  }

  /** The frame that hands it over; from now on the device may answer. */
  byte[] frame(Secret next) {
    awaited.set(next.id());
    return FrameEncoder.nextToken(next.reveal());
  }

  /** Whether this is the token that was handed over; true once. */
  boolean isAnsweredBy(String tokenId) {
    return tokenId.equals(awaited.get()) && awaited.getAndSet(null) != null;
  }
}
