package io.mooring.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What devices say they had to drop is added up, whatever becomes of their streams. */
class DroppedReadingsTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();
  @AutoClose private final TestHub hub = TestHub.start(DATABASE);

  @Test
  void countsEachReadingOnceOverSessionsAndStreams() {
    hub.device("a");
    assertThat(afterHello("a", 7, 0)).isZero();
    assertThat(newestCause()).doesNotContain("dropped");
    assertThat(afterHello("a", 7, 3)).isEqualTo(3);
    assertThat(newestCause()).endsWith("; the device has dropped 3 readings since it last told");
    assertThat(afterHello("a", 7, 3)).as("told again").isEqualTo(3);
    assertThat(newestCause()).doesNotContain("dropped");
    assertThat(afterHello("a", 7, 10, 8, 2)).as("more of the one, and another").isEqualTo(12);
    assertThat(afterHello("a", 8, 5, 7, 10)).as("in another order").isEqualTo(15);
    assertThat(afterHello("a", 9, 4)).as("a process without a store begins at zero").isEqualTo(19);
    assertThat(afterHello("a", 10, 4)).as("each has streams of its own").isEqualTo(23);
    assertThat(afterHello("a", 10, 0)).as("a count does not go back").isEqualTo(23);
    assertThat((long) hub.path().sessions().metrics().droppedReadings.get()).isEqualTo(23);
  }

  @Test
  void staysSaneWhateverADeviceSays() {
    hub.device("b");
    afterHello("b", 7, -1, 8, Long.MAX_VALUE);
    assertThat(afterHello("b", 9, Long.MAX_VALUE)).isEqualTo(2_000_000_000_000_000L);
  }

  /** Streams and what of each was dropped; returns what the hub has added up. */
  private long afterHello(String id, long... streams) {
    Hello.Builder hello = Hello.newBuilder().setAgent("raw/1");
    for (int i = 0; i < streams.length; i += 2) {
      hello.addStreams(
          Stream.newBuilder()
              .setId(streams[i])
              .setFirstSeq(1)
              .setNextSeq(1)
              .setDroppedReadings(streams[i + 1]));
    }
    try (RawDevice device = hub.connect(id)) {
      device.send(DeviceFrame.newBuilder().setHello(hello).build());
      device.next(HubFrame.BodyCase.WELCOME);
    }
    return hub.number(
        "SELECT dropped_readings FROM presence JOIN device ON key = device_key WHERE id = '%s'"
            .formatted(id));
  }

  private String newestCause() {
    return hub.text("SELECT cause FROM event WHERE state = 'online' ORDER BY id DESC LIMIT 1");
  }
}
