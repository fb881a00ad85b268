package io.mooring.hub.admission;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refused credentials: the first ones of a minute a line each, the others as one line that
 * counts them, as anybody may cause them and as often as he likes. Safe for all threads.
 */
public final class RefusalLog {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int LINES = 10;

  private final String what;
  private final LongSupplier ticks;
  private long since;
  private int lines;

  /** By reason: there are few. */
  private final Map<String, Integer> more = new TreeMap<>();

  /**
   * @param what is refused: {@code handshake}
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public RefusalLog(String what, LongSupplier ticks) {
    this.what = what;
    this.ticks = ticks;
    this.since = ticks.getAsLong();
  }

  /**
   * @param detail of this one, such as the token's id; may be empty
   */
  public void refused(String address, int status, String reason, String detail) {
    refused(address, status, reason, detail, "");
  }

  /**
   * The same, in parts that are put together only where they are told.
   *
   * @param kind what the detail is, with a comma before it; may be empty
   */
  public synchronized void refused(
      String address, int status, String reason, String kind, String detail) {
    sweep();
    if (lines < LINES) {
      lines++;
      LOG.warn(
          "A {} from {} is refused with {}: {}{}{}", what, address, status, reason, kind, detail);
    } else {
      more.merge(reason, 1, Integer::sum);
    }
  }

  /** Tells what has gathered when its minute is over. */
  public synchronized void sweep() {
    long now = ticks.getAsLong();
    if (now - since < PERIOD.toNanos()) {
      return;
    }
    if (!more.isEmpty()) {
      int count = more.values().stream().mapToInt(Integer::intValue).sum();
      LOG.warn("{} more {}s were refused within a minute, by reason: {}", count, what, more);
    }
    since = now;
    lines = 0;
    more.clear();
  }
}
