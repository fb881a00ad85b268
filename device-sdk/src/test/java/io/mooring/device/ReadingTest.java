package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "_", "9lives", "disk:/var/log", "net.eth0-rx", "A_b.C:d/e-f"})
  void takesNamesOfTheProtocol(String name) {
    assertThat(Reading.now().number(name, 1).row().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "-a", "/a", "a b", "é", "a%", "a\n"})
  void refusesOtherNames(String name) {
    assertThatThrownBy(() -> Reading.now().number(name, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be 1 to 64");
  }

  @Test
  void refusesLongNamesDoubleNamesAndTooMany() {
    Reading.now().bool("x".repeat(64), true);
    assertThatThrownBy(() -> Reading.now().bool("x".repeat(65), true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Reading.now().number("a", 1).text("a", "x"))
        .hasMessageContaining("already");
    Reading full = Reading.now();
    for (int i = 0; i < 256; i++) {
      full.integer("m" + i, i);
    }
    assertThatThrownBy(() -> full.integer("m256", 1)).hasMessageContaining("at most 256");
  }

  @Test
  void refusesLongValuesByTheirSizeInUtf8() {
    Reading.now().text("t", "x".repeat(4096)).bytes("b", new byte[4096]);
    assertThatThrownBy(() -> Reading.now().text("t", "é".repeat(2049)))
        .hasMessageContaining("4096 bytes");
    assertThatThrownBy(() -> Reading.now().bytes("b", new byte[4097]))
        .hasMessageContaining("4096 bytes");
  }

  @Test
  void refusesTimesOutsideOfTheCalendar() {
    Instant last = Instant.parse("9999-12-31T23:59:59.999999Z");
    for (Instant allowed : new Instant[] {Instant.EPOCH, last}) {
      assertThat(Reading.at(allowed).number("n", 1).toString()).contains(allowed.toString());
    }
    Instant[] refused = {
      Instant.MAX, Instant.MIN, Instant.EPOCH.minusNanos(1), last.plusNanos(1_000)
    };
    for (Instant time : refused) {
      assertThatThrownBy(() -> Reading.at(time)).hasMessageContaining("years 1970 to 9999");
    }
  }

  @Test
  void refusesATextThatNoHubCanStore() {
    assertThatThrownBy(() -> Reading.now().text("t", "a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'t' has a character U+0000");
  }

  @Test
  void showsWhatItHolds() {
    Reading reading =
        Reading.at(Instant.ofEpochSecond(0, 1_500))
            .number("n", 0.5)
            .integer("i", -3)
            .bool("b", true)
            .text("t", "eco")
            .bytes("o", new byte[2]);
    assertThat(reading.toString())
        .isEqualTo("Reading[1970-01-01T00:00:00.000001Z n=0.5 i=-3 b=true t=eco o=2 bytes]");
  }
}
