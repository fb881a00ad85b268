package io.mooring.hub.webhook;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One event for one webhook.
 *
 * @param body the event as it is sent
 * @param nextAttemptAt null: there is none, as it has ended
 * @param status that the last attempt was answered; null: none came
 * @param answer what else is to be said of the last attempt; null: nothing
 */
public record Delivery(
    long event,
    State state,
    @Nullable String device,
    String body,
    int attempts,
    Instant createdAt,
    @Nullable Instant nextAttemptAt,
    @Nullable Instant endedAt,
    @Nullable Integer status,
    @Nullable String answer) {

  /** What has become of it. */
  public enum State {
    PENDING,
    SUCCEEDED,
    /** Given up: a dead letter. */
    DEAD;

    /** As it stands in the table and in the API. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<State> of(String text) {
      return Stream.of(values()).filter(state -> state.text().equals(text)).findFirst();
    }
  }

  /**
   * One that is to be attempted.
   *
   * @param attempts made so far
   * @param firstAttemptAt null: none was made
   */
  record Due(
      long event,
      @Nullable String device,
      String body,
      int attempts,
      @Nullable Instant firstAttemptAt) {}

  /**
   * How an attempt ended.
   *
   * @param next when there is another one; null: there is none
   */
  record Attempted(
      String webhook, Due due, Instant at, State state, @Nullable Instant next, Answer answer) {}

  /**
   * What an endpoint answered.
   *
   * @param status 0: nothing
   * @param retryAfterSeconds what it asks for; null: nothing
   * @param text the beginning of its body, or why none came; empty: it had none
   */
  public record Answer(int status, @Nullable Long retryAfterSeconds, String text) {
    public boolean isGood() {
      return status >= 200 && status < 300;
    }

    boolean isGone() {
      return status == 410;
    }

    /** Whether the endpoint has too much to do, and says for how long it wants nothing. */
    boolean asksForQuiet() {
      return (status == 429 || status == 503) && retryAfterSeconds != null;
    }
  }
}
