package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HandlersTest {
  private static final ByteString ID = ByteString.fromHex("0123456789abcdef0123456789abcdef");

  @Test
  void passesTheCommandOnAndTheResultBack() {
    List<Command> seen = new ArrayList<>();
    CommandHandler handler =
        command -> {
          seen.add(command);
          return CommandResult.succeeded("{\"was\":\"" + command.payloadAsString() + "\"}");
        };
    io.mooring.protocol.v1.CommandResult result = handle(Map.of("go", handler), "go");
    Command command = seen.get(0);
    assertThat(command.id()).isEqualTo(UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));
    assertThat(command.contentType()).isEqualTo("application/json");
    assertThat(command.expiresAt()).isEqualTo(Instant.ofEpochSecond(2));
    assertThat(command.attempt()).isEqualTo(4);
    assertThat(command.toString()).doesNotContain("payload-text");
    assertThat(result.getId()).isEqualTo(ID);
    assertThat(result.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_SUCCEEDED);
    assertThat(result.getContentType()).isEmpty();
    assertThat(result.getPayload().toStringUtf8()).isEqualTo("{\"was\":\"payload-text\"}");
  }

  @Test
  void rejectsAnUnknownNameAndSaysWhichThereAre() {
    CommandHandler handler = command -> CommandResult.succeeded();
    io.mooring.protocol.v1.CommandResult result =
        handle(Map.of("b", handler, "a", handler), "reboot");
    assertThat(result.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_REJECTED);
    assertThat(result.getMessage()).isEqualTo("unknown command 'reboot'; this device knows a, b");
  }

  @Test
  void anExceptionIsAFailure() {
    CommandHandler throwing =
        command -> {
          throw new IOException("valve stuck");
        };
    assertFailed(throwing, "valve stuck");
    CommandHandler silent =
        command -> {
          throw new IllegalStateException();
        };
    assertFailed(silent, "java.lang.IllegalStateException");
    CommandHandler endless =
        command -> {
          throw new StackOverflowError();
        };
    assertFailed(endless, "java.lang.StackOverflowError");
  }

  private static void assertFailed(CommandHandler handler, String message) {
    io.mooring.protocol.v1.CommandResult result = handle(Map.of("go", handler), "go");
    assertThat(result.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_FAILED);
    assertThat(result.getMessage()).isEqualTo(message);
  }

  private static io.mooring.protocol.v1.CommandResult handle(
      Map<String, CommandHandler> handlers, String name) {
    return new Handlers(handlers)
        .handle(
            io.mooring.protocol.v1.Command.newBuilder()
                .setId(ID)
                .setName(name)
                .setPayload(ByteString.copyFromUtf8("payload-text"))
                .setAttempt(4)
                .setExpiresAtUs(2_000_000)
                .build());
  }
}
