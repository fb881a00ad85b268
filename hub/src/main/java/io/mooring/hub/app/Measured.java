package io.mooring.hub.app;

import io.mooring.hub.device.LiveSessions;
import io.mooring.hub.session.SessionRegistry;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What live sessions have measured, as the API shows it. */
record Measured(SessionRegistry registry) implements LiveSessions {
  @Override
  public Optional<Live> of(int deviceKey) {
    SessionRegistry.Measured measured = registry.measured(deviceKey);
    return measured == null
        ? Optional.empty()
        : Optional.of(
            new Live(
                Duration.ofNanos(measured.silentNanos()),
                millis(measured.roundTripUs()),
                millis(measured.clockOffsetUs())));
  }

  private static @Nullable Double millis(@Nullable Long micros) {
    return micros == null ? null : micros / 1000.0;
  }
}
