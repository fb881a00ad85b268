package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.config.Limits;
import io.mooring.hub.device.KnownDevice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Commands: sent, followed, listed. */
final class CommandApi {
  record NewCommand(@Nullable String name, @Nullable JsonNode payload, @Nullable String ttl) {}

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?(?=$|[,;\\s])");
  private static final Pattern WAITS = Pattern.compile("(?i)(?:^|[,;\\s])wait\\s*(?:$|[=,;])");
  private static final int LONGEST_WAIT = 60;

  /** How long the database may take to accept before the caller is told to try again. */
  private static final Duration ACCEPTANCE = Duration.ofSeconds(10);

  private static final String JSON = "application/json";

  /** What is left out stays out: a device takes JSON's null for a payload that is no object. */
  private static final byte[] NONE = {};

  private final Executor executor;

  /**
   * Makes the endpoints.
   *
   * @param executor carries on where a future completes, off the thread that completes it; may
   *     block
   */
  CommandApi(Executor executor) {
    this.executor = executor;
  }

  Reply send(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    int wait = wait(exchange.header("Prefer"));
    Command.Request request = request(exchange, device);
    CompletableFuture<Reply> reply =
        exchange
            .parts()
            .commands()
            .accept(request)
            .copy()
            .orTimeout(ACCEPTANCE.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(CommandApi::notInTime)
            .thenComposeAsync(accepted -> accepted(exchange, device, accepted, wait), executor);
    return new Reply.Later(reply);
  }

  Reply get(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    UUID id = id(exchange.variable("command"));
    Command command =
        exchange
            .parts()
            .commands()
            .find(device.device().key(), id)
            .orElseThrow(() -> Refusal.notFound("The device has no command of this id."));
    return Reply.ok(
        CommandView.of(command, device, exchange.now(), exchange.parts().commands().history(id)));
  }

  Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state");
    KnownDevice device = exchange.device();
    int limit = exchange.limit();
    List<Command> found =
        exchange
            .parts()
            .commands()
            .list(
                device.device().key(),
                state(exchange.query("state")),
                ordinal(exchange.query("cursor")),
                limit + 1);
    Instant now = exchange.now();
    List<Command> page = found.subList(0, Math.min(limit, found.size()));
    return Reply.ok(
        new DeviceApi.Page<>(
            page.stream().map(command -> CommandView.of(command, device, now, null)).toList(),
            found.size() > limit ? cursorAt(page.getLast()) : null));
  }

  private static Command.Request request(Exchange exchange, KnownDevice device) {
    NewCommand body = exchange.body(NewCommand.class);
    if (body.name() == null || !NAME.matcher(body.name()).matches()) {
      throw Refusal.of(
          "/name",
          "Needed: 1 to 64 characters of A-Z a-z 0-9 . _ : / - and the first a letter or digit.");
    }
    byte[] payload = body.payload() == null ? NONE : Json.canonical(body.payload());
    int most = exchange.parts().limits().commandPayloadBytes();
    if (payload.length > most) {
      throw Refusal.of(
          "/payload", "Has %d bytes as JSON; at most %d.".formatted(payload.length, most));
    }
    Duration ttl =
        body.ttl() == null
            ? Duration.ofDays(1)
            : Text.duration("/ttl", body.ttl(), Duration.ofSeconds(1), Limits.LONGEST_TTL);
    String key = exchange.header("Idempotency-Key");
    if (key != null) {
      Text.bounded("Idempotency-Key", key, 1, 128);
    }
    return new Command.Request(
        device.device().key(),
        body.name(),
        JSON,
        payload,
        exchange.now().plus(ttl),
        ttl,
        exchange.caller().name(),
        key);
  }

  private CompletableFuture<Reply> accepted(
      Exchange exchange, KnownDevice device, Accepted accepted, int wait) {
    return switch (accepted) {
      case Accepted.Durable(Command command, boolean _) ->
          wait > 0 && command.state().isOpen()
              ? ended(exchange, device, command, wait)
              : CompletableFuture.completedFuture(reply(exchange, device, command));
      case Accepted.KeyTaken(UUID by) ->
          throw new Refusal(
              Problem.of(
                  HttpStatus.UNPROCESSABLE_ENTITY_422,
                  "idempotency-key-taken",
                  "The idempotency key belongs to another request",
                  "It was used for command %s with another content. Use a new key.".formatted(by)));
      case Accepted.QueueFull(int open) ->
          throw new Refusal(
              Problem.of(
                  HttpStatus.TOO_MANY_REQUESTS_429,
                  "queue-full",
                  "The device has too many unfinished commands",
                  "%d commands wait for it. Try again when some have ended.".formatted(open)),
              Map.of("Retry-After", "10"));
    };
  }

  /** Waits without a thread; once the time is over nobody waits any more. */
  private CompletableFuture<Reply> ended(
      Exchange exchange, KnownDevice device, Command command, int wait) {
    CompletableFuture<Command> ended = exchange.parts().commands().ended(command.id());
    CompletableFuture<Reply> reply =
        ended
            .copy()
            .orTimeout(wait, TimeUnit.SECONDS)
            .exceptionallyAsync(
                failure -> {
                  if (!(failure instanceof TimeoutException)) {
                    throw new CompletionException(failure);
                  }
                  return exchange
                      .parts()
                      .commands()
                      .find(device.device().key(), command.id())
                      .orElse(command);
                },
                executor)
            .thenApplyAsync(now -> reply(exchange, device, now), executor);
    return reply.whenComplete((_, _) -> ended.cancel(false));
  }

  private static Reply reply(Exchange exchange, KnownDevice device, Command command) {
    int status = command.state().isOpen() ? HttpStatus.ACCEPTED_202 : HttpStatus.OK_200;
    String location =
        "/api/v1/devices/%s/commands/%s".formatted(device.device().id(), command.id());
    return new Reply.Body(
        status,
        Map.of("Location", location),
        CommandView.of(command, device, exchange.now(), null));
  }

  private static Accepted notInTime(Throwable failure) {
    if (failure instanceof TimeoutException) {
      throw Refusal.unavailable(
          "The command could not be stored in time, or its storing could not be confirmed."
              + " Send it again with the same Idempotency-Key.");
    }
    throw new CompletionException(failure);
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

  private static UUID id(String text) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // not found below
    }
    throw Refusal.notFound("A command's id is a UUID.");
  }

  private static @Nullable CommandState state(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(CommandState.values())
        .filter(state -> state.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Refusal.of(
                    "?state",
                    "Must be one of "
                        + String.join(
                            ", ",
                            Arrays.stream(CommandState.values()).map(CommandState::text).toList())
                        + "."));
  }

  private static String cursorAt(Command last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Long.toString(last.ordinal()).getBytes(StandardCharsets.US_ASCII));
  }

  private static @Nullable Long ordinal(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      return Long.valueOf(
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
    }
  }
}
