package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
import io.mooring.hub.device.KnownDevice;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Commands of a device: sent, followed, listed, cancelled, tried again. */
final class CommandApi {
  record Again(@Nullable String ttl) {}

  private final Executor executor;
  private final CommandReplies replies;

  /**
   * Makes the endpoints.
   *
   * @param executor carries on where a future completes, off the thread that completes it; may
   *     block
   */
  CommandApi(Executor executor) {
    this.executor = executor;
    this.replies = new CommandReplies(executor);
  }

  Reply send(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.recentDevice();
    Faults faults = new Faults();
    NewCommand body = exchange.body(NewCommand.class, faults);
    Command.Request request =
        faults.last(
            () ->
                body.request(
                    device.device().key(),
                    exchange.parts().limits(),
                    exchange.now(),
                    exchange.actor(),
                    key(exchange)));
    return replies.accept(exchange, device, request);
  }

  Reply get(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    return Reply.ok(CommandView.whole(command(exchange, device), device, exchange));
  }

  Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state", "name", "from", "to");
    KnownDevice device = exchange.device();
    CommandPages.Page page = CommandPages.read(exchange, device.device().key());
    return Reply.ok(
        new DeviceApi.Page<>(
            page.commands().stream()
                .map(command -> CommandView.of(command, device, exchange))
                .toList(),
            page.next()));
  }

  Reply cancel(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    Command command = command(exchange, device);
    if (!command.state().mayBecome(CommandState.CANCELLED)) {
      return cancelled(exchange, device, command);
    }
    Commands commands = exchange.parts().commands();
    return new Reply.Later(
        CommandReplies.inTime(commands.cancel(command, exchange.actor()))
            .thenApplyAsync(now -> cancelled(exchange, device, now), executor));
  }

  private static Reply cancelled(Exchange exchange, KnownDevice device, Command command) {
    return switch (command.state()) {
      case CANCELLED -> Reply.ok(CommandView.whole(command, device, exchange));
      case RECEIVED ->
          throw conflict(
              "command-received",
              "The device has the command",
              "%s has had it since %s. What a device has cannot be taken back."
                  .formatted(device.device().id(), command.changedAt()));
      case QUEUED, SENT, SUCCEEDED, FAILED, REJECTED, EXPIRED, UNDELIVERABLE ->
          throw conflict(
              "command-ended",
              "The command has ended",
              "It is %s since %s.".formatted(command.state().text(), command.changedAt()));
    };
  }

  Reply retry(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    Command old = command(exchange, device);
    Duration own = Duration.between(old.createdAt(), old.expiresAt());
    Duration ttl =
        NewCommand.ttl(
            "/ttl", exchange.optionalBody(Again.class).map(Again::ttl).orElse(null), own);
    if (old.state().isOpen()) {
      throw conflict(
          "command-not-ended",
          "The command has not ended",
          old.state().mayBecome(CommandState.CANCELLED)
              ? "It is %s. Cancel it first, or wait for its end.".formatted(old.state().text())
              : "The device has it, and may be carrying it out. Wait for its end.");
    }
    if (old.state() == CommandState.SUCCEEDED) {
      throw conflict(
          "command-succeeded",
          "The command was carried out",
          "There is nothing to try again. Send a new command to have it done once more.");
    }
    Command.Request request =
        new Command.Request(
            old.deviceKey(),
            old.name(),
            old.contentType(),
            old.payload(),
            exchange.now().plus(ttl),
            ttl,
            exchange.actor(),
            key(exchange),
            old.id());
    return replies.accept(exchange, device, request);
  }

  private static Refusal conflict(String name, String title, String detail) {
    return new Refusal(Problem.of(HttpStatus.CONFLICT_409, name, title, detail));
  }

  private static @Nullable String key(Exchange exchange) {
    return NewCommand.key("Idempotency-Key", exchange.header("Idempotency-Key"));
  }

  private static Command command(Exchange exchange, KnownDevice device) {
    return Text.uuid(exchange.variable("command"))
        .flatMap(id -> exchange.parts().commands().find(device.device().key(), id))
        .orElseThrow(() -> Refusal.notFound("The device has no command of this id."));
  }
}
