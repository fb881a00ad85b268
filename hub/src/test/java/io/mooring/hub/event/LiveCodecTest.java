package io.mooring.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveCodecTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00.123456Z");

  @Test
  void telemetryComesOutAsItWentIn() throws IOException {
    Event.Telemetry event =
        new Event.Telemetry(
            7,
            "pump-7",
            AT,
            List.of(
                new Event.Value("number", AT, 21.5),
                new Event.Value("integer", AT, 4711L),
                new Event.Value("flag", AT, true),
                new Event.Value("text", AT, "höher als 64 KiB: " + "x".repeat(70_000)),
                new Event.Value("bytes", AT, new byte[] {1, 2, 3})));
    assertThat(LiveCodec.decode("b", LiveCodec.encode("a", event)))
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void progressComesOutAsItWentIn() throws IOException {
    Event.Progress event =
        new Event.Progress(7, "pump-7", AT, new UUID(1, 2), "update", 40, "writing");
    assertThat(LiveCodec.decode("b", LiveCodec.encode("a", event))).isEqualTo(event);
  }

  @Test
  void aNodeDoesNotHearItself() throws IOException {
    Event.Progress event = new Event.Progress(7, "p", AT, new UUID(1, 2), "update", 40, "");
    assertThat(LiveCodec.decode("a", LiveCodec.encode("a", event))).isNull();
  }

  @Test
  void whatIsCutOffIsRefused() {
    Event.Value text = new Event.Value("text", AT, "some words");
    byte[] whole = LiveCodec.encode("a", new Event.Telemetry(7, "p", AT, List.of(text)));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> LiveCodec.decode("b", cut)).isInstanceOf(IOException.class);
    }
  }
}
