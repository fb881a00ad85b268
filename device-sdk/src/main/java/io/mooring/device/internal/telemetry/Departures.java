package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.protocol.v1.Limits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which batch is sent next, and which never.
 *
 * <p>A hub that ends the session for a fault of the device does not say which batch it was, and
 * would do so for ever, as the batch is sent again. So the batches after such an end go one by one,
 * and one that was alone under way at two further ends is given up.
 */
final class Departures {
  private static final Logger log = LoggerFactory.getLogger(Departures.class);

  /**
   * Most bytes on their way at a time, besides the hub's bound on batches: they are held a second
   * time as frames while the network is slower than the device.
   */
  private static final int IN_FLIGHT_BYTES = 256 * 1024;

  /** Ends for which one and the same batch was alone under way. */
  private static final int TRIALS = 2;

  private final Outbox outbox;
  private final Confirmations confirmations;
  private @Nullable Outgoing newest;
  private boolean oneByOne;
  private int left;
  private @Nullable Outgoing suspect;
  private int trials;

  Departures(Outbox outbox, Confirmations confirmations) {
    this.outbox = outbox;
    this.confirmations = confirmations;
  }

  /** Nothing more may be on its way now. */
  boolean isFull(Limits hub) {
    int window = oneByOne ? 1 : hub.getUnacknowledgedBatches();
    return outbox.inFlight() >= window || outbox.inFlightBytes() >= IN_FLIGHT_BYTES;
  }

  /** Marks it sent; null when there is none. */
  @Nullable Outgoing next(Limits hub) {
    for (Outgoing next = outbox.peek(); next != null; next = outbox.peek()) {
      if (!BatchLimits.fits(next.batch(), hub)) {
        giveUp(next, "it is more than the hub accepts");
      } else if (trials == TRIALS && isSuspect(next)) {
        trials = 0;
        giveUp(next, "the hub ends every session in which it is sent");
      } else {
        outbox.markSent(next);
        newest = next;
        return next;
      }
    }
    return null;
  }

  private void giveUp(Outgoing batch, String why) {
    log.warn(
        "Dropped a batch of {} readings, {} values, {} bytes: {}",
        batch.batch().readings(),
        batch.batch().values(),
        batch.batch().body().length,
        why);
    left--;
    outbox.discard(batch);
    confirmations.dropped(batch.batch().confirmations());
  }

  /** So many batches have arrived well. */
  void stored(int batches) {
    left -= batches;
    if (oneByOne && left <= 0) {
      oneByOne = false;
      trials = 0;
    }
  }

  /** The hub has ended the session for a fault of this device. */
  void faulted() {
    Outgoing last = newest;
    if (last != null && oneByOne && outbox.inFlight() == 1) {
      trials = isSuspect(last) ? trials + 1 : 1;
      suspect = last;
    }
    left = Math.max(left, outbox.inFlight()); // any of them may be it
    oneByOne = true;
  }

  private boolean isSuspect(Outgoing batch) {
    return suspect != null && suspect.stream() == batch.stream() && suspect.seq() == batch.seq();
  }
}
