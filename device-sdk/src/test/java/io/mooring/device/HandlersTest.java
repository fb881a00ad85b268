package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HandlersTest {
  private static final ByteString ID = ByteString.fromHex("0123456789abcdef0123456789abcdef");

  private final List<String> reports = new ArrayList<>();

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
  void saysWhetherAFailureMayGoWellAnotherTime() {
    CommandHandler busy =
        command -> CommandResult.failed("bus busy").retryable().withPayload("{\"code\":7}");
    io.mooring.protocol.v1.CommandResult result = handle(Map.of("go", busy), "go");
    assertThat(result.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_FAILED);
    assertThat(result.getRetryable()).isTrue();
    assertThat(result.getMessage()).isEqualTo("bus busy");
    assertThat(result.getPayload().toStringUtf8()).isEqualTo("{\"code\":7}");
    CommandHandler broken = command -> CommandResult.failed("broken");
    assertThat(handle(Map.of("go", broken), "go").hasRetryable()).isFalse();
    CommandHandler missing = command -> CommandResult.failed("no valve").permanent();
    result = handle(Map.of("go", missing), "go");
    assertThat(result.hasRetryable()).isTrue();
    assertThat(result.getRetryable()).isFalse();
  }

  @Test
  void passesProgressOnAsAHubTakesIt() {
    CommandHandler handler =
        command -> {
          command.progress().report(1);
          command.progress().report(99, "tab\tand nul\0, " + "ö".repeat(200));
          command.progress().report(101);
          return CommandResult.succeeded();
        };
    io.mooring.protocol.v1.CommandResult result = handle(Map.of("go", handler), "go");
    assertThat(result.getMessage()).isEqualTo("progress is 0 to 100 percent, not 101");
    String message = reports.get(1).substring("99 ".length());
    assertThat(reports.get(0)).isEqualTo("1 ");
    assertThat(message).startsWith("tab and nul , ö");
    assertThat(message.getBytes(StandardCharsets.UTF_8)).hasSize(256);
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
    CommandHandler wrong =
        command -> {
          throw new AssertionError("wrong");
        };
    assertFailed(wrong, "wrong");
  }

  private void assertFailed(CommandHandler handler, String message) {
    io.mooring.protocol.v1.CommandResult result = handle(Map.of("go", handler), "go");
    assertThat(result.getStatus()).isEqualTo(CommandStatus.COMMAND_STATUS_FAILED);
    assertThat(result.getMessage()).isEqualTo(message);
  }

  private io.mooring.protocol.v1.CommandResult handle(
      Map<String, CommandHandler> handlers, String name) {
    return new Handlers(handlers)
        .handle(
            io.mooring.protocol.v1.Command.newBuilder()
                .setId(ID)
                .setName(name)
                .setPayload(ByteString.copyFromUtf8("payload-text"))
                .setAttempt(4)
                .setExpiresAtUs(2_000_000)
                .build(),
            (percent, message) -> reports.add(percent + " " + message));
  }
}
