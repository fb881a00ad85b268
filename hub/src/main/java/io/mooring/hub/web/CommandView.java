package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
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
    String contentType,
    String state,
    String why,
    int attempts,
    Instant createdAt,
    Instant changedAt,
    Instant expiresAt,
    @Nullable UUID retryOf,
    @Nullable UUID retriedBy,
    @Nullable UUID job,
    @Nullable Progress progress,
    @Nullable Result result,
    @Nullable List<Transition> transitions) {

  record Progress(int percent, @Nullable String message, Instant at) {}

  record Result(
      @Nullable Object payload,
      String contentType,
      @Nullable String message,
      @Nullable Boolean retryable) {}

  record Transition(String state, Instant at, String node, @Nullable Long epoch, String cause) {}

  /** One of a list, or one just accepted. */
  static CommandView of(Command command, KnownDevice device, Exchange exchange) {
    return of(command, device, exchange, null, null, null);
  }

  /** One that was asked for: with its transitions, what exactly it waits for, and its retry. */
  static CommandView whole(Command command, KnownDevice device, Exchange exchange) {
    Commands commands = exchange.parts().commands();
    Command.Standing standing = command.state().isOpen() ? commands.standing(command) : null;
    boolean retryable = !command.state().isOpen() && command.state() != CommandState.SUCCEEDED;
    UUID retriedBy = retryable ? commands.retriedBy(command.id()).orElse(null) : null;
    List<Command.Transition> transitions = commands.transitions(command.id());
    return of(command, device, exchange, standing, transitions, retriedBy);
  }

  private static CommandView of(
      Command command,
      KnownDevice device,
      Exchange exchange,
      Command.@Nullable Standing standing,
      @Nullable List<Command.Transition> transitions,
      @Nullable UUID retriedBy) {
    CommandExplainer explainer =
        new CommandExplainer(device, exchange.now(), exchange.parts().limits());
    return new CommandView(
        command.id(),
        device.device().id(),
        command.name(),
        shown(command.contentType(), command.payload()),
        command.contentType(),
        command.state().text(),
        explainer.why(command, standing),
        command.attempts(),
        command.createdAt(),
        command.changedAt(),
        command.expiresAt(),
        command.retryOf(),
        retriedBy,
        command.job(),
        progress(command.progress()),
        result(command),
        transitions == null ? null : transitions.stream().map(CommandView::transition).toList());
  }

  private static @Nullable Progress progress(Command.@Nullable Progress said) {
    return said == null
        ? null
        : new Progress(said.percent(), said.message().isEmpty() ? null : said.message(), said.at());
  }

  private static @Nullable Result result(Command command) {
    Command.Answer answer = command.answer();
    return answer == null
        ? null
        : new Result(
            shown(answer.contentType(), answer.payload()),
            answer.contentType(),
            answer.message().isEmpty() ? null : answer.message(),
            command.state() == CommandState.FAILED ? answer.retryable() : null);
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
  static @Nullable Object shown(String contentType, byte[] payload) {
    if (payload.length == 0) {
      return null;
    }
    boolean json = contentType.isEmpty() || contentType.startsWith("application/json");
    Object parsed = json ? Json.parse(payload) : null;
    return parsed == null ? payload : parsed;
  }
}
