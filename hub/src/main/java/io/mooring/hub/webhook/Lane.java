package io.mooring.hub.webhook;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one webhook in memory, a cache of its rows. Of one device at most one delivery
 * is under way, so that its events arrive in their order as long as they arrive. An endpoint that
 * has too much to do gets nothing for as long as it asks for. Used by one thread.
 */
final class Lane {
  private Webhook webhook;
  private final Map<Long, Delivery.Due> underWay = new HashMap<>();
  private final Deque<Delivery.Due> ready = new ArrayDeque<>();
  private long waiting;
  private long position;
  private Instant lookAt = Instant.MIN;
  private Instant quietUntil = Instant.MIN;
  private boolean behind = true;
  private @Nullable Instant failingSince;

  Lane(Webhook webhook) {
    this.webhook = webhook;
    this.position = webhook.position();
    this.failingSince = webhook.failingSince();
  }

  Webhook webhook() {
    return webhook;
  }

  /** Takes over what somebody may have changed in its rows. */
  void refresh(Webhook now, long pending) {
    if (!now.url().equals(webhook.url()) || !webhook.enabled()) {
      quietUntil = Instant.MIN;
    }
    webhook = now;
    // The row's is the truth: a commit may have been lost sight of.
    position = now.position();
    failingSince = now.failingSince();
    waiting = pending;
    ready.clear();
    lookAt = Instant.MIN;
    behind = true;
  }

  /** There may be events that it has not looked at. */
  void wake() {
    behind = true;
  }

  /** How many more events it can take; 0: it need not or cannot look. */
  int room(int queue) {
    // Taken by the half queue, not one by one as deliveries end.
    return webhook.enabled() && behind && waiting <= queue / 2 ? (int) (queue - waiting) : 0;
  }

  boolean isHeldBack(int queue) {
    return webhook.enabled() && behind && waiting > queue / 2;
  }

  long position() {
    return position;
  }

  void took(EventTakeWrites.Taken taken) {
    position = taken.position();
    waiting += taken.deliveries();
    behind = taken.looksFurther();
    if (taken.deliveries() > 0) {
      lookAt = Instant.MIN;
    }
  }

  /** Deliveries that have not ended. */
  long waiting() {
    return waiting;
  }

  Map<Long, Delivery.Due> underWay() {
    return underWay;
  }

  /** Whether another attempt may be made now. */
  boolean mayAttempt(Instant now, int inFlight) {
    return webhook.enabled() && underWay.size() < inFlight && !now.isBefore(quietUntil);
  }

  /** Whether to ask the table for deliveries that are due. */
  boolean wantsDue(Instant now) {
    return ready.isEmpty() && waiting > underWay.size() && !now.isBefore(lookAt);
  }

  void isDue(List<Delivery.Due> due) {
    ready.addAll(due);
  }

  /** Nothing is due before. */
  void lookAt(Instant next) {
    lookAt = next;
  }

  /** The next to be sent; null: there is none just now. */
  Delivery.@Nullable Due take() {
    Iterator<Delivery.Due> next = ready.iterator();
    while (next.hasNext()) {
      Delivery.Due due = next.next();
      if (!isBusy(due.device())) {
        next.remove();
        underWay.put(due.event(), due);
        return due;
      }
    }
    return null;
  }

  private boolean isBusy(@Nullable String device) {
    return device != null
        && underWay.values().stream().anyMatch(due -> Objects.equals(due.device(), device));
  }

  /** Takes in that an attempt has ended and is written down; another one is due at {@code next}. */
  void attempted(Delivery.Attempted attempt) {
    underWay.remove(attempt.due().event());
    Long asked = attempt.answer().retryAfterSeconds();
    if (asked != null && attempt.answer().asksForQuiet()) {
      Instant until = attempt.at().plus(RetryPlan.bounded(asked));
      quietUntil = until.isAfter(quietUntil) ? until : quietUntil;
    }
    if (attempt.next() == null) {
      waiting--;
    } else if (attempt.next().isBefore(lookAt)) {
      lookAt = attempt.next();
    }
  }

  @Nullable Instant failingSince() {
    return failingSince;
  }

  void failingSince(@Nullable Instant since) {
    failingSince = since;
  }
}
