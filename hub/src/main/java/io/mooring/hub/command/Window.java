package io.mooring.hub.command;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is in flight to one device, and how much more may be. Guarded by its queue's monitor.
 *
 * <p>A command that was sent {@link #SUSPICIOUS} times without an answer, or as often as it may be
 * but once, may be what ends the connection. It goes out alone, or it would use up the attempts of
 * those beside it.
 */
final class Window {
  private static final int SUSPICIOUS = 3;

  /** No later than with its last attempt. */
  private final int suspicious;

  private final int most;
  private final int mostBytes;

  /** Sent in this session, until their ends are committed: never sent twice, unless late. */
  private final Map<UUID, InFlight> sent = new HashMap<>();

  /** How many of them are not answered: they take up the window. */
  private int unanswered;

  /** The bytes of their payloads: they take up the window, too. */
  private long unansweredBytes;

  /** How many of them are suspects. */
  private int suspects;

  /** Sent again in this session as they were late: the line lives, so they do not end it. */
  private final Set<UUID> slow = new HashSet<>();

  /**
   * @param most commands without an answer
   * @param mostBytes of their payloads, at which no more go out
   * @param maxAttempts how often a command is sent at the most
   */
  Window(int most, int mostBytes, int maxAttempts) {
    this.suspicious = Math.max(1, Math.min(SUSPICIOUS, maxAttempts - 1));
    this.most = most;
    this.mostBytes = mostBytes;
  }

  boolean isFull() {
    return unanswered >= most || unansweredBytes >= mostBytes;
  }

  /** Whether it is worth while to fill it up again: many commands then go out together. */
  boolean isHalfEmpty() {
    return unanswered <= most / 2 && unansweredBytes <= mostBytes / 2;
  }

  boolean isEmpty() {
    return unanswered == 0;
  }

  boolean has(UUID id) {
    return sent.containsKey(id);
  }

  @Nullable InFlight find(UUID id) {
    return sent.get(id);
  }

  Collection<InFlight> all() {
    return sent.values();
  }

  /** Whether it may be what ends the connection. */
  private boolean isSuspect(Command command) {
    return command.attempts() >= suspicious && !slow.contains(command.id());
  }

  /** Whether something is in flight that the device may not survive, so that it must wait. */
  boolean mustWait(Command command, Instant now) {
    return anyFresh(now, !isSuspect(command));
  }

  /** Whether something was sent a moment ago and is not answered. */
  boolean anyFresh(Instant now) {
    return anyFresh(now, false);
  }

  private boolean anyFresh(Instant now, boolean onlySuspects) {
    if (onlySuspects ? suspects == 0 : unanswered == 0) {
      return false;
    }
    for (InFlight flying : sent.values()) {
      if (flying.isFresh(now) && (flying.suspect || !onlySuspects)) {
        return true;
      }
    }
    return false;
  }

  /** It goes out. */
  void add(Command command, int attempt, Instant now) {
    InFlight flying = new InFlight(command, attempt, isSuspect(command), now);
    sent.put(flying.id, flying);
    unanswered++;
    unansweredBytes += flying.bytes;
    suspects += flying.suspect ? 1 : 0;
  }

  /** The device is at work on one: those behind it wait for their turn. */
  void workedOn(InFlight one, Instant now) {
    for (InFlight flying : sent.values()) {
      if (flying.ordinal > one.ordinal) {
        flying.waitFrom(now);
      }
    }
  }

  /** The device has answered; the answer is not yet stored. Null: no slot has become free. */
  @Nullable InFlight answer(UUID id) {
    InFlight flying = sent.get(id);
    if (flying == null || !flying.isUnanswered()) {
      return null;
    }
    free(flying);
    flying.answer();
    return flying;
  }

  /** Its end is committed. False: it was not sent in this session. */
  boolean end(UUID id) {
    slow.remove(id);
    InFlight flying = sent.remove(id);
    if (flying != null && flying.isUnanswered()) {
      free(flying);
    }
    return flying != null;
  }

  /**
   * It is queued again as it was late, and is sent again. Null: it was not late, or is answered.
   */
  @Nullable InFlight again(UUID id) {
    InFlight flying = sent.get(id);
    if (flying == null || !flying.isLate() || !flying.isUnanswered()) {
      return null;
    }
    free(flying);
    sent.remove(id);
    slow.add(id);
    return flying;
  }

  private void free(InFlight flying) {
    unanswered--;
    unansweredBytes -= flying.bytes;
    suspects -= flying.suspect ? 1 : 0;
  }
}
