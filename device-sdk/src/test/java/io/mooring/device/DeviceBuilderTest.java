package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceBuilderTest {
  @ParameterizedTest
  @CsvSource({
    "ws://127.0.0.1:8080, ws://127.0.0.1:8080/device",
    "WSS://hub.example.com/, wss://hub.example.com/device",
    "wss://hub.example.com/site-a/device, wss://hub.example.com/site-a/device",
    "ws://[::1]:80, ws://[::1]:80/device",
  })
  void completesTheAddress(URI given, URI endpoint) {
    assertThat(Device.builder(given, "t").endpoint()).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://hub", "hub:8080", "ws:///device", "wss://u:p@hub", "ws://hub?token=x"})
  void refusesOtherAddressesWithoutRepeatingThem(URI given) {
    assertThatThrownBy(() -> Device.builder(given, "t"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the hub's address must");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret one", "secret\r\nX: y", "sécret"})
  void refusesATokenThatIsNoneAndDoesNotRepeatIt(String token) {
    assertThatThrownBy(() -> Device.builder(URI.create("ws://hub"), token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("printable ASCII")
        .hasMessageNotContaining("cret");
  }

  @Test
  void refusesSettingsOutOfBounds() {
    DeviceBuilder builder =
        Device.builder(URI.create("ws://hub"), "t").on("a", c -> CommandResult.succeeded());
    assertThatThrownBy(() -> builder.on("a", c -> CommandResult.succeeded()))
        .hasMessageContaining("'a' has a handler");
    assertThatThrownBy(() -> builder.outbox(1_000, WhenFull.BLOCK)).hasMessageContaining("65536");
    assertThatThrownBy(() -> builder.linger(Duration.ofMinutes(2))).hasMessageContaining("linger");
    assertThatThrownBy(() -> builder.commandsAtOnce(0)).hasMessageContaining("1 to 16");
    assertThatThrownBy(() -> builder.backoff(Duration.ofSeconds(9), Duration.ofSeconds(1)))
        .hasMessageContaining("longest");
  }
}
