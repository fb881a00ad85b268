package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CommandResultTest {
  @Test
  void cutsAMessageBetweenCharacters() {
    assertThat(CommandResult.failed("x".repeat(1024)).message()).hasSize(1024);
    String cut = CommandResult.failed("x" + "€".repeat(1000)).message();
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(1 + 341 * 3);
    assertThat(CommandResult.rejected("🙂".repeat(300)).message()).isEqualTo("🙂".repeat(256));
  }

  @Test
  void saysNothingThatAHubWouldEndTheSessionFor() {
    assertThat(CommandResult.failed("a\0b").message()).isEqualTo("a b");
    for (String type : new String[] {"image/png\n", "x".repeat(129), "\0"}) {
      assertThatThrownBy(() -> CommandResult.succeeded(new byte[1], type))
          .hasMessageContaining("at most 128 bytes and no control characters");
    }
  }

  @Test
  void onlyWhatFailedIsRetryable() {
    assertThat(CommandResult.failed("busy").isRetryable()).isFalse();
    assertThat(CommandResult.failed("busy").retryable().isRetryable()).isTrue();
    assertThat(CommandResult.failed("busy").retryable().toString()).contains("FAILED retryable");
    assertThat(CommandResult.failed("busy").isPermanent()).isFalse();
    assertThat(CommandResult.failed("gone").permanent().isPermanent()).isTrue();
    assertThat(CommandResult.failed("gone").permanent().withPayload("1").toString())
        .contains("FAILED permanent");
    assertThatThrownBy(() -> CommandResult.succeeded().permanent())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> CommandResult.succeeded().retryable())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesAPayloadNoHubTakes() {
    CommandResult.succeeded(new byte[CommandResult.MAX_PAYLOAD_BYTES], "image/png");
    assertThatThrownBy(() -> CommandResult.succeeded("x".repeat(32 * 1024 + 1)))
        .hasMessageContaining("32769 bytes");
  }
}
