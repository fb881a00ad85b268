package io.mooring.hub.app;

import io.mooring.hub.session.SessionRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Sends devices to other nodes when an operator wants that, and takes some again afterwards. The
 * API goes on meanwhile. Used by the sweeper's thread, but for {@link #problem}.
 */
final class Drain {
  private final SessionRegistry registry;
  private final Supplier<Duration> window;
  private final RandomGenerator random;
  private volatile boolean draining;

  /**
   * @param window over which the devices come back elsewhere
   */
  Drain(SessionRegistry registry, Supplier<Duration> window, RandomGenerator random) {
    this.registry = registry;
    this.window = window;
    this.random = random;
  }

  /** Does what is wanted now. */
  void look(boolean wanted) {
    if (wanted != draining) {
      draining = wanted;
      if (wanted) {
        registry.drain(window.get(), random, "an operator wants them on other hubs");
      } else {
        registry.resume();
      }
    }
  }

  /** Empty: it takes devices. */
  Optional<String> problem() {
    return draining
        ? Optional.of("an operator has sent its devices to other nodes")
        : Optional.empty();
  }
}
