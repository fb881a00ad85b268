package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.Commands;
import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.device.KnownDevice;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Answers requests for new commands: at once, or when the command has ended. */
final class CommandReplies {
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?(?=$|[,;\\s])");
  private static final Pattern WAITS = Pattern.compile("(?i)(?:^|[,;\\s])wait\\s*(?:$|[=,;])");
  private static final int LONGEST_WAIT = 60;

  /** How long the database may take to accept before the caller is told to try again. */
  private static final Duration ACCEPTANCE = Duration.ofSeconds(10);

  private final Executor executor;

  /**
   * @param executor carries on where a future completes, off the thread that completes it; may
   *     block
   */
  CommandReplies(Executor executor) {
    this.executor = executor;
  }

  Reply accept(Exchange exchange, KnownDevice device, Command.Request request) {
    int wait = wait(exchange.header("Prefer"));
    Commands commands = exchange.parts().commands();
    if (wait == 0) {
      return new Reply.Later(
          inTime(commands.accept(request))
              .thenApply(accepted -> made(exchange, device, accepted(accepted))));
    }
    Commands.Sending sending = commands.send(request);
    return new Reply.Later(
        inTime(sending.accepted())
            .thenCompose(
                accepted -> ended(exchange, device, accepted(accepted), sending.ended(), wait))
            .whenComplete((_, _) -> sending.ended().cancel(false)));
  }

  /** The same future, failed with 503 where the database takes too long. */
  static <T> CompletableFuture<T> inTime(CompletableFuture<T> stored) {
    return stored
        .copy()
        .orTimeout(ACCEPTANCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              throw notInTime(failure);
            });
  }

  private static Command accepted(Accepted accepted) {
    if (accepted instanceof Accepted.Durable(Command command, boolean _)) {
      return command;
    }
    throw refusal(accepted);
  }

  /** Why a command was not accepted. */
  static Refusal refusal(Accepted accepted) {
    return switch (accepted) {
      case Accepted.Durable _ -> throw new IllegalArgumentException("it was accepted");
      case Accepted.NoDevice _ -> Refusal.notFound("No device has this id.");
      case Accepted.NotReleased _ -> throw new IllegalArgumentException("it is of a job");
      case Accepted.KeyTaken(var by) -> Repetition.keyTaken("command " + by);
      case Accepted.QueueFull(int most, int ofThese) ->
          new Refusal(
              Problem.of(
                  HttpStatus.TOO_MANY_REQUESTS_429,
                  "queue-full",
                  "The device has too many unfinished commands",
                  (ofThese == 0 ? "It has" : "With %d of this request it has".formatted(ofThese))
                      + " %d, as many as a device may have (limits.commands-open).".formatted(most)
                      + " Try again when some have ended."),
              Map.of("Retry-After", "10"));
    };
  }

  /** Waits without a thread; once the time is over nobody waits any more. */
  private CompletableFuture<Reply> ended(
      Exchange exchange,
      KnownDevice device,
      Command command,
      CompletableFuture<Command> ended,
      int wait) {
    if (!command.state().isOpen()) {
      return CompletableFuture.completedFuture(made(exchange, device, command));
    }
    return ended
        .copy()
        .orTimeout(wait, TimeUnit.SECONDS)
        .exceptionallyAsync(
            failure -> {
              Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
              if (!(why instanceof TimeoutException)) {
                throw new CompletionException(why);
              }
              return exchange
                  .parts()
                  .commands()
                  .find(device.device().key(), command.id())
                  .orElse(command);
            },
            executor)
        .thenApply(now -> made(exchange, device, now));
  }

  private static Reply made(Exchange exchange, KnownDevice device, Command command) {
    return new Reply.Made(() -> reply(exchange, device, command));
  }

  private static Reply reply(Exchange exchange, KnownDevice device, Command command) {
    int status = command.state().isOpen() ? HttpStatus.ACCEPTED_202 : HttpStatus.OK_200;
    String location =
        "/api/v1/devices/%s/commands/%s".formatted(device.device().id(), command.id());
    return new Reply.Body(
        status, Map.of("Location", location), CommandView.of(command, device, exchange));
  }

  private static RuntimeException notInTime(Throwable failure) {
    return failure instanceof TimeoutException
        ? Refusal.unavailable(
            "It could not be stored in time, or its storing could not be confirmed."
                + " Send it again with the same Idempotency-Key.")
        : new CompletionException(failure);
  }

  private static int wait(@Nullable String prefer) {
    if (prefer == null) {
      return 0;
    }
    Matcher wait = WAIT.matcher(prefer.toLowerCase(Locale.ROOT));
    if (!wait.find()) {
      if (WAITS.matcher(prefer).find()) {
        throw Refusal.of("Prefer", "wait=N takes 0 to %d, seconds.".formatted(LONGEST_WAIT));
      }
      return 0; // a preference of another kind, which may be ignored (RFC 7240)
    }
    int seconds = Integer.parseInt(wait.group(1));
    if (seconds > LONGEST_WAIT) {
      throw Refusal.of("Prefer", "wait=N takes 0 to %d seconds.".formatted(LONGEST_WAIT));
    }
    return seconds;
  }
}
