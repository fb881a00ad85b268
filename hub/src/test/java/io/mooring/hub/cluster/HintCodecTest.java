package io.mooring.hub.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HintCodecTest {
  private static final UUID ID = UUID.fromString("0193a0c4-7d20-7000-8000-0c6a1b2c3d5f");

  static List<Hint> hints() {
    return List.of(
        new Hint.Opened(7, 8, -9),
        new Hint.Commands(7, List.of()),
        new Hint.Commands(7, List.of(ID, new UUID(1, 2))),
        new Hint.Ended(ID),
        new Hint.Issued("4fzN"),
        new Hint.End(7, null, "TOKEN_REVOKED"),
        new Hint.End(7, "4fzN", "TOKEN_REVOKED"),
        new Hint.Cancel(new UUID(1, 2), ID, 7, "user eve", List.of("USER", "eve", "eve", "")),
        new Hint.Cancel(new UUID(1, 2), ID, 7, "job x", List.of()),
        new Hint.Cancelled(ID),
        new Hint.Watched(7));
  }

  @ParameterizedTest
  @MethodSource("hints")
  void comesOutAsItWentIn(Hint hint) throws IOException {
    assertThat(HintCodec.decode(HintCodec.encode("quay-1", hint)))
        .isEqualTo(new HintCodec.Said("quay-1", hint));
  }

  @Test
  void everyKindIsTried() {
    assertThat(hints().stream().map(Hint::getClass).distinct().map(Class::getSimpleName))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Hint.class.getPermittedSubclasses()).map(Class::getSimpleName).toList());
  }

  @Test
  void aKindOfANewerVersionIsLeftAlone() throws IOException {
    byte[] message = HintCodec.encode("quay-1", new Hint.Ended(ID));
    message[0] = 99;
    assertThat(HintCodec.decode(message)).isNull();
  }

  /** Whoever shares the NATS server may send anything there. */
  @Test
  void whatIsNoHintIsRefusedAndAsksForNoMemory() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] message = new byte[random.nextInt(40)];
      random.nextBytes(message);
      try {
        HintCodec.Said _ = HintCodec.decode(message);
      } catch (IOException _) {
        // As it should be.
      }
    }
    byte[] cut = HintCodec.encode("quay-1", new Hint.Commands(7, List.of(ID)));
    assertThatThrownBy(() -> HintCodec.decode(Arrays.copyOf(cut, cut.length - 3)))
        .isInstanceOf(IOException.class);
  }
}
