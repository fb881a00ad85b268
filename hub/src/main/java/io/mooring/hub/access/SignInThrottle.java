package io.mooring.hub.access;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Slows down the guessing of passwords: 10 failures of one name from one address, or 50 failures
 * from one address, close that door until ten minutes after the first of them. A name alone is
 * never closed, or anybody could lock an operator out. In memory, at most 10 000 entries; the ones
 * longest unused go first. Safe for all threads.
 */
public final class SignInThrottle {
  static final Duration WINDOW = Duration.ofMinutes(10);
  static final int FAILURES_OF_NAME = 10;
  static final int FAILURES_OF_ADDRESS = 50;
  private static final int ENTRIES = 10_000;

  private record Failures(Instant since, int count) {}

  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ENTRIES;
        }
      };

  /**
   * Asks for a try and counts it as failed until {@link #succeeded} says otherwise, so that many
   * tries at once are no way around.
   *
   * @return empty: may try; else how long to wait, at least a second
   */
  public synchronized Optional<Duration> attempt(String name, String address, Instant now) {
    Optional<Duration> ofName = closedFor(key(name, address), FAILURES_OF_NAME, now);
    Optional<Duration> closed =
        ofName.isPresent() ? ofName : closedFor(address, FAILURES_OF_ADDRESS, now);
    if (closed.isEmpty()) {
      count(key(name, address), now);
      count(address, now);
    }
    return closed;
  }

  /** A right password forgives the failures of this name from this address. */
  public synchronized void succeeded(String name, String address) {
    failures.remove(key(name, address));
    failures.computeIfPresent(
        address, (_, known) -> new Failures(known.since(), known.count() - 1));
  }

  synchronized int size() {
    return failures.size();
  }

  private Optional<Duration> closedFor(String key, int most, Instant now) {
    Failures known = failures.get(key);
    if (known == null || known.count() < most) {
      return Optional.empty();
    }
    Duration left = Duration.between(now, known.since().plus(WINDOW));
    if (!left.isPositive()) {
      return Optional.empty();
    }
    return Optional.of(left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : left);
  }

  private void count(String key, Instant now) {
    failures.merge(
        key,
        new Failures(now, 1),
        (known, one) ->
            now.isBefore(known.since().plus(WINDOW))
                ? new Failures(known.since(), known.count() + 1)
                : one);
  }

  /** An address holds no blank, so no pair is taken for an address. */
  private static String key(String name, String address) {
    String shortened = name.length() <= 64 ? name : name.substring(0, 64);
    return address + " " + shortened.toLowerCase(Locale.ROOT);
  }
}
