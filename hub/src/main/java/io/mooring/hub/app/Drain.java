package io.mooring.hub.app;

import io.mooring.hub.session.SessionRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends devices to other nodes when an operator wants that, and takes some again afterwards. The
 * API goes on meanwhile. First the hub says that it takes none, then they go, or a load balancer
 * would send some of them back here. Used by the sweeper's thread, but for {@link #problem}.
 */
final class Drain {
  /** What a load balancer that asks every second needs to hear it twice. */
  static final Duration NOTICE = Duration.ofSeconds(3);

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final SessionRegistry registry;
  private final Supplier<Duration> window;
  private final RandomGenerator random;
  private final LongSupplier ticks;
  private volatile boolean draining;
  private long since;
  private boolean gone;

  /**
   * @param window over which the devices come back elsewhere
   */
  Drain(
      SessionRegistry registry,
      Supplier<Duration> window,
      RandomGenerator random,
      LongSupplier ticks) {
    this.registry = registry;
    this.window = window;
    this.random = random;
    this.ticks = ticks;
  }

  /** Does what is wanted now. */
  void look(boolean wanted) {
    if (wanted && !draining) {
      LOG.info("An operator drains this hub: its devices go in {} s", NOTICE.toSeconds());
      since = ticks.getAsLong();
      gone = false;
      draining = true;
    } else if (!wanted && draining) {
      LOG.info("An operator lets this hub take devices again");
      draining = false;
      registry.resume();
    }
    if (draining && !gone && ticks.getAsLong() - since >= NOTICE.toNanos()) {
      gone = true;
      registry.drain(window.get(), random, "an operator wants them on other hubs");
    }
  }

  /** Empty: it takes devices. */
  Optional<String> problem() {
    return draining
        ? Optional.of("an operator sends its devices to other nodes")
        : Optional.empty();
  }
}
