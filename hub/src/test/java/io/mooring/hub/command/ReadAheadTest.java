package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private static final int WINDOW = 16;

  private static Command command(int bytes) {
    Instant now = Instant.EPOCH;
    return new Command(
        UUID.randomUUID(),
        1,
        1,
        "step",
        "text/plain",
        new byte[bytes],
        CommandState.QUEUED,
        0,
        null,
        now,
        now,
        now,
        null,
        null,
        null,
        null);
  }

  @Test
  void ofADeviceThatHasAnsweredNothingOneWindowIsRead() {
    ReadAhead ahead = new ReadAhead(WINDOW, 1_000);
    assertThat(ahead.page()).isEqualTo(WINDOW);
    for (int i = 0; i < WINDOW; i++) {
      assertThat(ahead.hasRoomFor(1)).isTrue();
      ahead.add(command(1));
    }
    assertThat(ahead.hasRoomFor(1)).isFalse();
    ahead.readLongerPages();
    assertThat(ahead.page()).isGreaterThan(WINDOW);
    assertThat(ahead.hasRoomFor(ahead.page())).isTrue();
  }

  @Test
  void largeOnesAreReadUntilTheirBytesAreTooMany() {
    ReadAhead ahead = new ReadAhead(WINDOW, 1_000);
    ahead.readLongerPages();
    ahead.add(command(999));
    assertThat(ahead.hasRoomFor(1)).isTrue();
    ahead.add(command(1));
    assertThat(ahead.hasRoomFor(1)).isFalse();
    Command _ = ahead.remove();
    assertThat(ahead.hasRoomFor(1)).isTrue();
  }
}
