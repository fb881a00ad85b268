package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPaths;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A device that makes up layouts, session after session. */
class LayoutLimitTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private static TestHub start() {
    return TestHub.start(DATABASE, Duration.ofSeconds(30), DataPaths.deviceLayouts(2));
  }

  private static void declare(TestHub hub, String metric) {
    try (RawDevice device = hub.connect("a")) {
      device.hello(1, 1, 1, 0);
      device.layout(1, metric);
      long before = hub.number("SELECT count(*) FROM telemetry_batch");
      device.reading(before + 1, 1, 1_780_000_000_000_000L + before, 1);
      device.awaitAck(before + 1);
    }
  }

  @Test
  void oneTooManyEndsTheSessionAndThoseItHasStillServe() {
    try (TestHub hub = start()) {
      hub.device("a");
      hub.device("b");
      declare(hub, "one");
      declare(hub, "two");
      try (RawDevice device = hub.connect("a")) {
        device.hello(1, 1, 1, 0);
        device.layout(1, "three");
        RawDevice.Closed closed = device.awaitClose();
        assertThat(closed.code()).isEqualTo(CloseReason.LIMIT_EXCEEDED.code());
        assertThat(closed.reason()).contains("at most 2 layouts in all");
      }
      assertThat(hub.number("SELECT count(*) FROM layout")).isEqualTo(2);
    }
    // A hub that knows no layout by heart yet.
    try (TestHub hub = start()) {
      declare(hub, "two");
      await().until(() -> hub.number("SELECT count(*) FROM device_layout") == 2);
    }
  }
}
