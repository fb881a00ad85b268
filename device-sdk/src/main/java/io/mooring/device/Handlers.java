package io.mooring.device;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.command.CommandDesk;
import io.mooring.protocol.v1.CommandStatus;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the program's handler for a command, and turns whatever it does into a result. */
final class Handlers implements CommandDesk.Handler {
  private static final Logger log = LoggerFactory.getLogger(Handlers.class);

  private final Map<String, CommandHandler> byName;

  Handlers(Map<String, CommandHandler> byName) {
    this.byName = Map.copyOf(byName);
  }

  @Override
  public io.mooring.protocol.v1.CommandResult handle(
      io.mooring.protocol.v1.Command command, CommandDesk.Reporter reporter) {
    CommandResult result = carryOut(command, reporter);
    io.mooring.protocol.v1.CommandResult.Builder answer =
        io.mooring.protocol.v1.CommandResult.newBuilder()
            .setId(command.getId())
            .setStatus(
                switch (result.status()) {
                  case SUCCEEDED -> CommandStatus.COMMAND_STATUS_SUCCEEDED;
                  case FAILED -> CommandStatus.COMMAND_STATUS_FAILED;
                  case REJECTED -> CommandStatus.COMMAND_STATUS_REJECTED;
                })
            .setContentType(
                result.contentType().equals("application/json") ? "" : result.contentType())
            .setPayload(ByteString.copyFrom(result.payload()))
            .setMessage(result.message());
    if (result.isRetryable() || result.isPermanent()) {
      answer.setRetryable(result.isRetryable());
    }
    return answer.build();
  }

  private CommandResult carryOut(
      io.mooring.protocol.v1.Command command, CommandDesk.Reporter reporter) {
    CommandHandler handler = byName.get(command.getName());
    if (handler == null) {
      return CommandResult.rejected(
          "unknown command '"
              + command.getName()
              + "'; this device knows "
              + (byName.isEmpty() ? "none" : String.join(", ", new TreeSet<>(byName.keySet()))));
    }
    try {
      CommandResult result = handler.handle(publicForm(command, reporter));
      return result != null
          ? result
          : CommandResult.failed("the handler of '" + command.getName() + "' returned no result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandResult.failed("interrupted");
    } catch (Exception | Error e) { // whatever it is, the commands behind it go on
      log.warn("Command {} failed", command.getName(), e);
      String message = e.getMessage();
      return CommandResult.failed(message != null ? message : e.getClass().getName());
    }
  }

  private static Command publicForm(
      io.mooring.protocol.v1.Command command, CommandDesk.Reporter reporter) {
    ByteBuffer id = command.getId().asReadOnlyByteBuffer();
    long expiresAtUs = command.getExpiresAtUs();
    return new Command(
        new UUID(id.getLong(), id.getLong()),
        command.getName(),
        command.getContentType().isEmpty() ? "application/json" : command.getContentType(),
        command.getPayload().toByteArray(),
        command.getAttempt(),
        expiresAtUs == 0 ? null : Instant.EPOCH.plus(expiresAtUs, ChronoUnit.MICROS),
        new Progress() {
          @Override
          public void report(int percent, String message) {
            Handlers.report(reporter, percent, message);
          }
        });
  }

  private static void report(CommandDesk.Reporter reporter, int percent, String message) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("progress is 0 to 100 percent, not " + percent);
    }
    reporter.report(percent, Texts.cut(Texts.printable(message), Progress.MAX_MESSAGE_BYTES));
  }
}
