package io.mooring.hub.cluster;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries small messages between hubs, best effort: each may be lost, repeated, late, or overtaken.
 * Safe for all threads.
 */
public interface Bus extends AutoCloseable {
  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Sends to whoever has subscribed, this hub included. Never blocks, never throws. */
  void publish(String subject, byte[] message);

  /**
   * From now on, or a moment later, takes what is sent there.
   *
   * @param taker called on the bus's thread; must hand over and return
   */
  Subscription subscribe(String subject, Consumer<byte[]> taker);

  /** Why nothing arrives for now; empty: it does. */
  Optional<String> problem();

  @Override
  void close();
}
