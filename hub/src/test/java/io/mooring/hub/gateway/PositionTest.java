package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How far back a stream's position is looked for, while every other device waits. */
class PositionTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();
  @AutoClose private final TestHub hub = TestHub.start(DATABASE);

  private static long ago(Duration time) {
    return Instant.now().minus(time).getEpochSecond() * 1_000_000;
  }

  private long storedOf(long oldestTimeUs) {
    try (RawDevice device = hub.connect("a")) {
      return device.hello(7, 1, 3, oldestTimeUs).getWelcome().getStoredSeqs(0);
    }
  }

  @Test
  void aDayAndNoMore() {
    hub.device("a");
    long old = ago(Duration.ofHours(25));
    long young = ago(Duration.ofHours(23));
    try (RawDevice device = hub.connect("a")) {
      device.hello(7, 1, 1, 0);
      device.layout(1, "m");
      device.reading(1, 1, old, 1);
      device.awaitAck(1);
    }
    assertThat(storedOf(old)).as("not looked for").isZero();
    // The device sends all of it again, and nothing is there twice.
    try (RawDevice device = hub.connect("a")) {
      device.hello(7, 1, 3, old);
      device.layout(1, "m");
      device.reading(1, 1, old, 1);
      device.reading(2, 1, young, 2);
      device.awaitAck(2);
    }
    assertThat(hub.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(2);
    assertThat(storedOf(young)).isEqualTo(2);
    assertThat(storedOf(old)).as("the younger one stands for those before it").isEqualTo(2);
  }
}
