package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A load balancer hears that a hub takes no devices before the first of them comes back to it. */
class DrainNoticeTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));

  @Test
  void theHubSaysThatItTakesNoneBeforeTheyGo() {
    try (DataPath path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS)) {
      SessionRegistry registry = path.sessions().registry();
      Drain drain = new Drain(registry, () -> Duration.ZERO, new Random(1), time);
      drain.look(true);
      assertThat(drain.problem()).isPresent();
      time.advance(Drain.NOTICE.minusNanos(1));
      drain.look(true);
      assertThat(registry.isDraining()).isFalse();
      time.advance(Duration.ofNanos(1));
      drain.look(true);
      assertThat(registry.isDraining()).isTrue();
      drain.look(false);
      assertThat(drain.problem()).isEmpty();
      assertThat(registry.isDraining()).isFalse();
      drain.look(true);
      drain.look(false);
      assertThat(registry.isDraining()).isFalse();
    }
  }
}
