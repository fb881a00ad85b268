package io.mooring.hub.admission;

import io.mooring.hub.config.SocketLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Slows down the guessing of credentials: so many wrong ones from an address close it for some time
 * after the first of them, before the database is asked. Whoever shows the id of a credential that
 * exists is looked at all the same: a guesser must not keep the others behind his address out. In
 * memory, at most 10 000 addresses; the ones longest unused go first. Safe for all threads.
 */
public final class WrongTokens {
  private static final int ADDRESSES = 10_000;

  private record Wrong(long since, int count) {}

  private final int most;
  private final long window;
  private final KnownIds known;
  private final LongSupplier ticks;

  private final Map<String, Wrong> wrong =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wrong> eldest) {
          return size() > ADDRESSES;
        }
      };

  /**
   * @param known shared with whoever makes credentials
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public WrongTokens(SocketLimits limits, KnownIds known, LongSupplier ticks) {
    this.known = known;
    this.most = limits.addressWrongTokens();
    this.window = Duration.ofSeconds(limits.wrongTokenWindowSeconds()).toNanos();
    this.ticks = ticks;
  }

  /**
   * Empty: the credential may be looked at; else how long to wait, at least a second.
   *
   * @param id of the credential; empty where it is malformed
   */
  public synchronized Optional<Duration> closedFor(String address, String id) {
    Wrong counted = wrong.get(Source.of(address));
    if (counted == null || counted.count() < most || known.contains(id)) {
      return Optional.empty();
    }
    long left = counted.since() + window - ticks.getAsLong();
    return left <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Math.ceilDiv(left, 1_000_000_000L)));
  }

  /** A credential was guessed: there is none of this id, or its secret is another. */
  public synchronized void wrong(String address) {
    long now = ticks.getAsLong();
    wrong.merge(
        Source.of(address),
        new Wrong(now, 1),
        (before, one) ->
            now - before.since() < window ? new Wrong(before.since(), before.count() + 1) : one);
  }

  /** The credential of this id opened the door. */
  public void right(String id) {
    known.add(id);
  }

  synchronized int size() {
    return wrong.size();
  }
}
