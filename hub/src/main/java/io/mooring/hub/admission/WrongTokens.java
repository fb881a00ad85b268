package io.mooring.hub.admission;

import io.mooring.hub.config.SocketLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down the guessing of credentials: so many wrong ones from an address close it for some time
 * after the first of them, before the database is asked. Whoever shows the id of a credential that
 * exists is looked at all the same: a guesser must not keep the others behind his address out. But
 * a credential that is refused as often itself, such as a stolen one that was revoked, is not
 * looked at from there for as long either, so that it takes no place in the others' rate. In
 * memory, at most 10 000 of each; the ones longest unused go first. Safe for all threads.
 */
public final class WrongTokens {
  private static final int MOST = 10_000;

  private record Wrong(long since, int count) {}

  private static final class Counts extends LinkedHashMap<String, Wrong> {
    private static final long serialVersionUID = 1;

    Counts() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Wrong> eldest) {
      return size() > MOST;
    }
  }

  private final int most;
  private final long window;
  private final KnownIds known;
  private final LongSupplier ticks;

  /** By address. */
  private final Map<String, Wrong> wrong = new Counts();

  /** By address and the id of the credential. */
  private final Map<String, Wrong> refused = new Counts();

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
  public Optional<Duration> closedFor(String address, String id) {
    // Not under the lock, which each handshake takes.
    String source = Source.of(address);
    String both = both(source, id);
    synchronized (this) {
      Optional<Duration> closed = left(refused.get(both));
      return closed.isPresent() || known.contains(id) ? closed : left(wrong.get(source));
    }
  }

  private static String both(String source, String id) {
    return source + " " + id;
  }

  private Optional<Duration> left(@Nullable Wrong counted) {
    if (counted == null || counted.count() < most) {
      return Optional.empty();
    }
    long left = counted.since() + window - ticks.getAsLong();
    return left <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Math.ceilDiv(left, 1_000_000_000L)));
  }

  /** A credential was guessed: there is none of this id, or its secret is another. */
  public void wrong(String address) {
    count(wrong, Source.of(address));
  }

  /** The credential of this id was refused, whether guessed or not. */
  public void refused(String address, String id) {
    count(refused, both(Source.of(address), id));
  }

  private synchronized void count(Map<String, Wrong> counts, String key) {
    long now = ticks.getAsLong();
    counts.merge(
        key,
        new Wrong(now, 1),
        (before, one) ->
            now - before.since() < window ? new Wrong(before.since(), before.count() + 1) : one);
  }

  /** The credential of this id opened the door. */
  public void right(String id) {
    known.add(id);
  }

  synchronized int size() {
    return wrong.size() + refused.size();
  }
}
