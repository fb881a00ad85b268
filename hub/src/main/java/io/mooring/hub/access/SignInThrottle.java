package io.mooring.hub.access;

import io.mooring.hub.admission.Source;
import io.mooring.hub.config.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Slows down the guessing of passwords: so many failures of one name from one address, or so many
 * failures from one address, close that door until some time after the first of them (see {@link
 * Limits}). A name alone is never closed, or anybody could lock a user out. In memory, at most 10
 * 000 entries; the ones longest unused go first. Safe for all threads.
 */
public final class SignInThrottle {
  private static final int ENTRIES = 10_000;

  private record Failures(Instant since, int count) {}

  private final int mostOfName;
  private final int mostOfAddress;
  private final Duration window;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > ENTRIES;
        }
      };

  public SignInThrottle(Limits limits) {
    this.mostOfName = limits.signInFailures();
    this.mostOfAddress = limits.addressSignInFailures();
    this.window = Duration.ofSeconds(limits.signInWindowSeconds());
  }

  /**
   * Asks for a try and counts it as failed until {@link #succeeded} or {@link #withdraw} say
   * otherwise, so that many tries at once are no way around.
   *
   * @return empty: may try; else how long to wait, at least a second
   */
  public synchronized Optional<Duration> attempt(String name, String address, Instant now) {
    String source = Source.of(address);
    Optional<Duration> ofName = closedFor(key(name, source), mostOfName, now);
    Optional<Duration> closed = ofName.isPresent() ? ofName : closedFor(source, mostOfAddress, now);
    if (closed.isEmpty()) {
      count(key(name, source), now);
      count(source, now);
    }
    return closed;
  }

  /** A right password forgives the failures of this name from this address. */
  public synchronized void succeeded(String name, String address) {
    String source = Source.of(address);
    failures.remove(key(name, source));
    takeBack(source);
  }

  /** The password could not be looked at: the try does not count. */
  public synchronized void withdraw(String name, String address) {
    String source = Source.of(address);
    takeBack(key(name, source));
    takeBack(source);
  }

  private void takeBack(String key) {
    failures.computeIfPresent(
        key,
        (_, known) -> known.count() <= 1 ? null : new Failures(known.since(), known.count() - 1));
  }

  synchronized int size() {
    return failures.size();
  }

  private Optional<Duration> closedFor(String key, int most, Instant now) {
    Failures known = failures.get(key);
    if (known == null || known.count() < most) {
      return Optional.empty();
    }
    Duration left = Duration.between(now, known.since().plus(window));
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
            now.isBefore(known.since().plus(window))
                ? new Failures(known.since(), known.count() + 1)
                : one);
  }

  /** An address holds no blank, so no pair is taken for an address. */
  private static String key(String name, String address) {
    String shortened = name.length() <= 64 ? name : name.substring(0, 64);
    return address + " " + shortened.toLowerCase(Locale.ROOT);
  }
}
