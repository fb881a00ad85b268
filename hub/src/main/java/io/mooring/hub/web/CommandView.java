package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.device.KnownDevice;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command as the API shows it. */
record CommandView(
    UUID id,
    String device,
    String name,
    @Nullable Object payload,
    String state,
    String why,
    int attempts,
    Instant createdAt,
    Instant changedAt,
    Instant expiresAt,
    @Nullable Result result,
    @Nullable List<Transition> history) {

  record Result(@Nullable Object payload, String contentType, @Nullable String message) {}

  record Transition(String state, Instant at, String node, @Nullable Long epoch, String cause) {}

  static CommandView of(
      Command command,
      KnownDevice device,
      Instant now,
      @Nullable List<Command.Transition> history) {
    Command.Answer answer = command.answer();
    return new CommandView(
        command.id(),
        device.device().id(),
        command.name(),
        shown(command.contentType(), command.payload()),
        command.state().text(),
        CommandExplainer.why(command, device, now),
        command.attempts(),
        command.createdAt(),
        command.changedAt(),
        command.expiresAt(),
        answer == null ? null : result(answer),
        history == null ? null : history.stream().map(CommandView::transition).toList());
  }

  private static Result result(Command.Answer answer) {
    return new Result(
        shown(answer.contentType(), answer.payload()),
        answer.contentType(),
        answer.message().isEmpty() ? null : answer.message());
  }

  private static Transition transition(Command.Transition transition) {
    return new Transition(
        transition.state().text(),
        transition.at(),
        transition.node(),
        transition.epoch(),
        transition.cause());
  }

  /** JSON as JSON; all else, and what only claims to be JSON, as base64. */
  private static @Nullable Object shown(String contentType, byte[] payload) {
    if (payload.length == 0) {
      return null;
    }
    boolean json = contentType.isEmpty() || contentType.startsWith("application/json");
    Object parsed = json ? Json.parse(payload) : null;
    return parsed == null ? payload : parsed;
  }
}
