package io.mooring.hub.admission;

import io.mooring.hub.config.SocketLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Slows down the guessing of tokens: so many wrong ones from an address close it for new tokens
 * until some time after the first of them, before the database is asked. Devices behind the same
 * address that came in before still do: their tokens are remembered by a hash. In memory, at most
 * 10 000 addresses, the ones longest unused go first, and 1 MiB of hashes. Safe for all threads.
 */
public final class WrongTokens {
  private static final int ADDRESSES = 10_000;
  private static final int HASHES = 1 << 17;

  private record Wrong(long since, int count) {}

  private final int most;
  private final long window;
  private final LongSupplier ticks;

  /** Each token has one place, which the newest of those that share it takes. */
  private final long[] good = new long[HASHES];

  private final Map<String, Wrong> wrong =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Wrong> eldest) {
          return size() > ADDRESSES;
        }
      };

  public WrongTokens(SocketLimits limits, LongSupplier ticks) {
    this.most = limits.addressWrongTokens();
    this.window = Duration.ofSeconds(limits.wrongTokenWindowSeconds()).toNanos();
    this.ticks = ticks;
  }

  /** Empty: the token may be looked at; else how long to wait, at least a second. */
  public synchronized Optional<Duration> closedFor(String address, String token) {
    Wrong known = wrong.get(Source.of(address));
    if (known == null || known.count() < most || isGood(token)) {
      return Optional.empty();
    }
    long left = known.since() + window - ticks.getAsLong();
    return left <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(Math.ceilDiv(left, 1_000_000_000L)));
  }

  /** A token was wrong. */
  public synchronized void wrong(String address) {
    long now = ticks.getAsLong();
    wrong.merge(
        Source.of(address),
        new Wrong(now, 1),
        (known, one) ->
            now - known.since() < window ? new Wrong(known.since(), known.count() + 1) : one);
  }

  /** A token opened the door. */
  public synchronized void right(String token) {
    long hash = hash(token);
    good[slot(hash)] = hash;
  }

  synchronized int size() {
    return wrong.size();
  }

  private boolean isGood(String token) {
    long hash = hash(token);
    return good[slot(hash)] == hash;
  }

  private static int slot(long hash) {
    return (int) (hash & (HASHES - 1));
  }

  /** Not to be found by trying without the token: of 256 random bits 64, spread by a constant. */
  private static long hash(String token) {
    long hash = 1;
    for (int i = 0; i < token.length(); i++) {
      hash = (hash ^ token.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash == 0 ? 1 : hash;
  }
}
