package io.mooring.hub.web;

import io.mooring.hub.access.Passwords;
import io.mooring.hub.command.Commands;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Reachability;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Turns what was thrown into what the caller is told: never more than concerns the caller. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private final AtomicLong number = new AtomicLong();
  private final String prefix;
  private final Reachability reachability;

  /**
   * Makes one for a run of the hub.
   *
   * @param run tells this run from others in error ids
   * @param reachability while it knows the database to be away, requests add no lines to the log
   */
  Failures(long run, Reachability reachability) {
    this.prefix = Long.toString(run, 36) + "-";
    this.reachability = reachability;
  }

  Refusal refusal(Throwable failure, String request) {
    return switch (failure) {
      case Refusal refusal -> refusal;
      case CompletionException wrapper when wrapper.getCause() != null ->
          refusal(wrapper.getCause(), request);
      case DatabaseException away when away.kind() == DatabaseException.Kind.UNAVAILABLE -> {
        LOG.atLevel(reachability.isAway() ? Level.DEBUG : Level.WARN)
            .log("Database unavailable: {}: {}", request, away.getMessage());
        yield Refusal.unavailable("The database does not answer just now. Try again.");
      }
      case Commands.HubSilent silent -> Refusal.unavailable(String.valueOf(silent.getMessage()));
      case RangeReads.Busy busy -> Refusal.unavailable(String.valueOf(busy.getMessage()));
      case Passwords.Busy busy -> Refusal.unavailable(String.valueOf(busy.getMessage()));
      case Once.Repeated repeated -> Repetition.refusal(repeated);
      case HttpException http -> new Refusal(Problem.ofStatus(http.getCode()));
      default -> unexpected(failure, request);
    };
  }

  private Refusal unexpected(Throwable failure, String request) {
    String id = prefix + number.incrementAndGet();
    LOG.error("Error {}: {}", id, request, failure);
    return new Refusal(
        Problem.of(
            HttpStatus.INTERNAL_SERVER_ERROR_500,
            "internal",
            "The hub has failed",
            "It is not your request's fault. The hub's log tells more under the id %s."
                .formatted(id)));
  }
}
