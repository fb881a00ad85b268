package io.mooring.hub.webhook;

import io.mooring.hub.webhook.Delivery.Answer;
import io.mooring.hub.webhook.Delivery.Attempted;
import io.mooring.hub.webhook.Delivery.State;
import io.mooring.hub.webhook.DeliveryStore.Verdict;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What answers mean: for their deliveries, and for their webhooks.
 *
 * @param attempts one for each answer
 * @param verdicts of webhooks for which something changes
 */
record Judgement(List<Attempted> attempts, List<Verdict> verdicts) {
  /**
   * An endpoint that failed for less was not away: it may refuse one event each time, which would
   * then be tried whenever another one has gone well.
   */
  static final Duration AWAY = Duration.ofMinutes(1);

  /**
   * An attempt that has its answer.
   *
   * @param url whose answer it is: the webhook may have got another one meanwhile
   */
  record Ended(Lane lane, Delivery.Due due, URI url, Answer answer) {
    /** Whether it says anything of the endpoint that the webhook has now. */
    boolean isCurrent() {
      return url.equals(lane.webhook().url());
    }
  }

  /**
   * Judges.
   *
   * @param patience how long an endpoint may fail before its webhook is disabled
   */
  static Judgement of(List<Ended> ended, RetryPlan plan, Duration patience, Instant now) {
    List<Attempted> attempts = new ArrayList<>();
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    for (Ended one : ended) {
      attempts.add(attempt(one, plan, now));
      String webhook = one.lane().webhook().id();
      Verdict verdict = verdict(one, verdicts.get(webhook), patience, now);
      if (verdict != null) {
        verdicts.put(webhook, verdict);
      }
    }
    return new Judgement(attempts, List.copyOf(verdicts.values()));
  }

  private static Attempted attempt(Ended one, RetryPlan plan, Instant now) {
    Delivery.Due due = one.due();
    Answer answer = one.answer();
    String webhook = one.lane().webhook().id();
    if (answer.isGood()) {
      return new Attempted(webhook, due, now, State.SUCCEEDED, null, answer);
    }
    Instant first = due.firstAttemptAt() == null ? now : due.firstAttemptAt();
    Instant next =
        answer.isGone() && one.isCurrent()
            ? null
            : plan.next(due.attempts() + 1, first, now, answer.retryAfterSeconds());
    return new Attempted(
        webhook, due, now, next == null ? State.DEAD : State.PENDING, next, answer);
  }

  /**
   * What an answer changes for its webhook; null: nothing.
   *
   * @param former what answers before it have changed
   */
  private static @Nullable Verdict verdict(
      Ended one, @Nullable Verdict former, Duration patience, Instant now) {
    Webhook webhook = one.lane().webhook();
    if (!one.isCurrent()) {
      return null;
    }
    Instant since = former == null ? one.lane().failingSince() : former.failingSince();
    Webhook.Cause cause = former == null ? null : former.disabled();
    boolean back = former != null && former.back();
    if (one.answer().isGood()) {
      if (since == null) {
        return null;
      }
      return new Verdict(webhook, null, cause, back || !now.isBefore(since.plus(AWAY)));
    }
    Instant failing = since == null ? now : since;
    if (webhook.enabled() && one.answer().isGone()) {
      cause = Webhook.Cause.GONE;
    } else if (webhook.enabled() && cause == null && !now.isBefore(failing.plus(patience))) {
      cause = Webhook.Cause.FAILING;
    }
    return since != null && cause == null ? null : new Verdict(webhook, failing, cause, back);
  }
}
