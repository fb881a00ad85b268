package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceBuilderTest {
  /** The example of P-08. */
  static final String TOKEN = "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  @ParameterizedTest
  @CsvSource({
    "ws://127.0.0.1:7070, ws://127.0.0.1:7070/device",
    "WSS://hub.example.com/, wss://hub.example.com/device",
    "wss://hub.example.com/site-a/device, wss://hub.example.com/site-a/device",
    "ws://[::1]:80, ws://[::1]:80/device",
  })
  void completesTheAddress(URI given, URI endpoint) {
    assertThat(Device.builder(given, TOKEN).endpoint()).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://hub", "hub:7070", "ws:///device", "wss://u:p@hub", "ws://hub?token=x"})
  void refusesOtherAddressesWithoutRepeatingThem(URI given) {
    assertThatThrownBy(() -> Device.builder(given, TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the hub's address must");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | there is no token",
        "'' | there is no token",
        "'mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs\n' | strip",
        "mrk_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs | an API key",
        "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YL | 66 characters",
        "mrd_Example00001_NotASecretButL ongEnoughToBeOneInItsShape0123I6YLs | 66 characters",
        "NotASecret | 66 characters",
        "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLt | checksum",
        "mrd_Example00001_NotAsecretButLongEnoughToBeOneInItsShape0123I6YLs | checksum",
      })
  void refusesATokenThatIsNoneAndDoesNotRepeatIt(@Nullable String token, String why) {
    assertThatThrownBy(() -> Device.builder(URI.create("ws://hub"), token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("NotA");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " "})
  void saysThatThereIsNoAddress(@Nullable String hub) {
    assertThatThrownBy(() -> Device.builder(hub, TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no address of the hub")
        .hasMessageContaining("ws://127.0.0.1:7070");
  }

  @Test
  void takesTheAddressAsText() {
    assertThat(Device.builder(" ws://127.0.0.1:7070\n", TOKEN).endpoint())
        .isEqualTo(URI.create("ws://127.0.0.1:7070/device"));
    assertThatThrownBy(() -> Device.builder("ws://us er:secret@hub", TOKEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the hub's address must look like")
        .hasNoCause()
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesSettingsOutOfBounds() {
    DeviceBuilder builder =
        Device.builder(URI.create("ws://hub"), TOKEN).on("a", c -> CommandResult.succeeded());
    assertThatThrownBy(() -> builder.on("a", c -> CommandResult.succeeded()))
        .hasMessageContaining("'a' has a handler");
    assertThatThrownBy(() -> builder.outbox(1_000, WhenFull.BLOCK)).hasMessageContaining("65536");
    assertThatThrownBy(() -> builder.linger(Duration.ofMinutes(2))).hasMessageContaining("linger");
    assertThatThrownBy(() -> builder.commandsAtOnce(0)).hasMessageContaining("1 to 16");
    assertThatThrownBy(() -> builder.backoff(Duration.ofSeconds(9), Duration.ofSeconds(1)))
        .hasMessageContaining("longest");
  }
}
