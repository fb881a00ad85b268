package io.mooring.e2e.chaos;

import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.e2e.chaos.Testimony.Run;
import io.mooring.e2e.device.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the accounts: here what devices did with what the hub has of it. */
final class Deeds {
  private final Accounts accounts;
  private final Map<String, Row> rows;
  private final Map<String, List<Run>> runs = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private final List<Strike> strikes;

  private Deeds(Accounts accounts, List<Strike> strikes) {
    this.accounts = accounts;
    this.strikes = strikes;
    this.rows = accounts.rowsById();
  }

  static List<Finding> findings(Accounts accounts, List<Strike> strikes) {
    Deeds deeds = new Deeds(accounts, strikes);
    accounts.testimonies().forEach(deeds::testimony);
    deeds.runs.forEach(deeds::once);
    for (Row row : accounts.rows()) {
      List<Run> own = deeds.runs.getOrDefault(row.id(), List.of());
      deeds.result(row, own.isEmpty() ? null : own.getLast());
      deeds.journal(row);
    }
    deeds.acknowledged();
    return deeds.findings;
  }

  private void broken(Rule rule, String what) {
    findings.add(new Finding(rule, what));
  }

  /** In the order of acceptance, looking at the first run of each. */
  private void testimony(Testimony device) {
    Row before = null;
    for (Run run : device.runs()) {
      List<Run> own = runs.computeIfAbsent(run.command(), _ -> new ArrayList<>());
      own.add(run);
      Row row = rows.get(run.command());
      if (row == null || !row.device().equals(device.device())) {
        broken(Rule.AGREEMENT, device.device() + " ran " + run + ", of which the table has " + row);
      } else if (own.size() == 1) {
        if (before != null && before.ordinal() > row.ordinal()) {
          broken(Rule.ORDER, row + " was accepted before " + before + " and begun after it");
        }
        before = row;
      }
    }
  }

  private void once(String command, List<Run> own) {
    boolean mayRepeat = own.getFirst().work() == Work.REPEAT;
    long processes = own.stream().map(Run::process).distinct().count();
    if (own.size() > (mayRepeat ? processes : 1)) {
      broken(Rule.ONCE, rows.get(command) + " ran " + own.size() + " times: " + own);
    }
  }

  /** The table tells what the last run of the handler has answered. */
  private void result(Row row, @Nullable Run last) {
    switch (row.state()) {
      case SUCCEEDED -> answered(row, last);
      case FAILED -> {
        if (!StoredCommandJournal.INTERRUPTED.equals(row.outcome().payload())) {
          answered(row, last);
        } else if (row.work() == Work.REPEAT || (last != null && !last.cutOff())) {
          broken(Rule.AGREEMENT, row + " was not interrupted: " + last);
        }
      }
      case REJECTED -> {
        if (last != null) {
          answered(row, last);
        } else if (!wasNotTried(row)) {
          broken(Rule.AGREEMENT, row + " never ran, and has " + row.outcome());
        }
      }
      case CANCELLED -> cancelled(row, last);
      // Not the device's doing; it may have carried out what it was sent before.
      case EXPIRED, UNDELIVERABLE -> {}
      // No end, which is found already.
      case QUEUED, SENT, RECEIVED -> {}
    }
  }

  /**
   * What has been sent may be carried out all the same. That it was is stored a moment later: a hub
   * that dies meanwhile has not told anybody, nor has one whose device has gone to another.
   */
  private void cancelled(Row row, @Nullable Run last) {
    boolean forgotten =
        strikes.stream()
            .anyMatch(strike -> strike.makesHubsForget() && row.isUnderWay(strike.at()));
    if (last != null && row.attempts() == 0 && !forgotten) {
      broken(Rule.CANCELLED, row + " was cancelled before it was sent, and ran: " + last);
    }
  }

  /** The SDK itself rejects what it has no handler for, and what came to its turn too late. */
  private static boolean wasNotTried(Row row) {
    String message = String.valueOf(row.outcome().message());
    return message.startsWith("not begun: ")
        || (row.work() == Work.UNKNOWN && message.startsWith("unknown command"));
  }

  private void answered(Row row, @Nullable Run last) {
    if (last == null || !last.ended()) {
      broken(Rule.AGREEMENT, row + " was not carried out: " + last);
      return;
    }
    Outcome answer = Outcome.of(row.work().result(last.run()));
    if (!row.outcome().equals(answer)) {
      broken(
          Rule.AGREEMENT, row + " has " + row.outcome() + ", and " + last + " answered " + answer);
    }
  }

  /**
   * The hub has acknowledged every result, but perhaps that of the last command, after which the
   * device was told to stop.
   */
  private void acknowledged() {
    for (Journal journal : accounts.journals()) {
      if (journal.unacknowledged().size() > 1) {
        broken(
            Rule.AGREEMENT,
            journal.device() + " still has results to send: " + journal.unacknowledged());
      }
    }
  }

  /** The journal of the SDK tells the same as the table. */
  private void journal(Row row) {
    switch (row.state()) {
      case SUCCEEDED, FAILED, REJECTED -> {
        Outcome known = accounts.journaled(row);
        if (!row.outcome().equals(known)) {
          broken(
              Rule.AGREEMENT,
              row + " has " + row.outcome() + ", and the device's journal " + known);
        }
      }
      case EXPIRED, CANCELLED, UNDELIVERABLE, QUEUED, SENT, RECEIVED -> {}
    }
  }
}
