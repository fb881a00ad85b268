package io.mooring.hub.db;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database answers, as those have found who use it all the time. Asking costs nothing
 * and waits for nothing. One line is logged when the first of them finds it away and one when the
 * last of them has it back, however often they try in between. Safe for all threads.
 */
public final class Reachability {
  private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);

  private final LongSupplier ticks;
  private final Map<String, String> away = new LinkedHashMap<>(); // guarded by this
  private long since; // guarded by this
  private volatile boolean isAway;

  Reachability(LongSupplier ticks) {
    this.ticks = ticks;
  }

  /**
   * Somebody gets no answer.
   *
   * @param who such as {@code writer}
   */
  public synchronized void away(String who, String why) {
    if (away.isEmpty()) {
      since = ticks.getAsLong();
      LOG.warn("The database is away, work waits for it ({}): {}", who, why);
    }
    away.put(who, why);
    isAway = true;
  }

  /** Somebody got an answer. */
  public void back(String who) {
    if (isAway) {
      removed(who);
    }
  }

  private synchronized void removed(String who) {
    if (away.remove(who) != null && away.isEmpty()) {
      isAway = false;
      LOG.info("The database is back after {} s", waited().toSeconds());
    }
  }

  public boolean isAway() {
    return isAway;
  }

  /** Empty: it answers. Else since when it does not, and why. */
  public synchronized Optional<String> problem() {
    return away.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "it has not answered for %d s: %s"
                .formatted(waited().toSeconds(), away.values().iterator().next()));
  }

  private Duration waited() {
    return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(ticks.getAsLong() - since));
  }
}
