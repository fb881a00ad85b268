package io.mooring.e2e.chaos;

import io.mooring.hub.command.CommandState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares the accounts: here what the hub has and what callers were told. */
final class Judge {
  private final Accounts accounts;
  private final Map<String, Row> rows;
  private final List<Finding> findings = new ArrayList<>();

  private Judge(Accounts accounts) {
    this.accounts = accounts;
    this.rows = accounts.rowsById();
  }

  /** Every promise that was not kept. */
  static List<Finding> findings(Accounts accounts, List<Strike> strikes) {
    Judge judge = new Judge(accounts);
    accounts.rows().forEach(judge::ends);
    judge.keys();
    accounts.told().forEach(judge::told);
    judge.orderOfAcceptance();
    judge.findings.addAll(Deeds.findings(accounts, strikes));
    return judge.findings;
  }

  private void broken(Rule rule, String what) {
    findings.add(new Finding(rule, what));
  }

  private void ends(Row row) {
    List<CommandState> states = row.states();
    long ends = states.stream().filter(state -> !state.isOpen()).count();
    if (row.state().isOpen()) {
      broken(Rule.ENDS, row + " has no end: " + states);
    } else if (ends != 1 || states.getLast() != row.state()) {
      broken(Rule.ENDS, row + " does not have one end, its own: " + states);
    }
    if (states.isEmpty() || states.getFirst() != CommandState.QUEUED) {
      broken(Rule.ENDS, row + " did not begin as queued: " + states);
    }
    for (int i = 1; i < states.size(); i++) {
      if (!states.get(i - 1).mayBecome(states.get(i))) {
        broken(Rule.ENDS, row + " took an illegal step, the " + i + "th: " + states);
      }
    }
    if (!row.epochs().equals(row.epochs().stream().sorted().toList())) {
      broken(Rule.ENDS, row + " was changed by a session that had been replaced: " + row.epochs());
    }
    long sent = states.stream().filter(state -> state == CommandState.SENT).count();
    if (sent != row.attempts() || sent > Arena.ATTEMPTS) {
      broken(Rule.ENDS, row + " has " + row.attempts() + " attempts: " + states);
    }
    if (row.state() == CommandState.UNDELIVERABLE && row.attempts() != Arena.ATTEMPTS) {
      broken(Rule.ENDS, row + " was given up after " + row.attempts() + " attempts");
    }
    if (row.state() == CommandState.EXPIRED && !row.late()) {
      broken(Rule.ENDS, row + " expired before its time was up");
    }
  }

  /** One command a key, and none that nobody asked for. */
  private void keys() {
    Map<String, Row> byKey = new HashMap<>();
    for (Row row : rows.values()) {
      Row other = byKey.put(row.key(), row);
      if (other != null) {
        broken(Rule.AGREEMENT, row + " and " + other + " have one key");
      }
    }
    for (Told command : accounts.told()) {
      Row row = byKey.remove(command.key);
      if (row != null && !Objects.equals(row.id(), command.id())) {
        broken(Rule.AGREEMENT, command + " is " + row + " in the table");
      }
    }
    byKey.values().forEach(row -> broken(Rule.AGREEMENT, "nobody asked for " + row));
  }

  private void told(Told command) {
    if (command.id() == null) {
      return; // its answer is a finding of the caller's own
    }
    Row row = rows.get(command.id());
    if (row == null) {
      broken(Rule.ENDS, command + " was accepted and is not in the table");
      return;
    }
    boolean ended = false;
    for (Outcome heard : command.heard) {
      if (!CommandState.of(heard.state()).isOpen()) {
        ended = true;
        if (!heard.equals(row.outcome())) {
          broken(
              Rule.AGREEMENT,
              row + ": its caller was told " + heard + ", stored is " + row.outcome());
        }
      } else if (ended) {
        broken(Rule.AGREEMENT, row + ": its caller was told " + command.heard);
      }
    }
    if (row.state() == CommandState.CANCELLED && !command.cancelAsked) {
      broken(Rule.AGREEMENT, row + ": nobody cancelled it");
    }
  }

  /** A caller who has had an answer and asks for the next gets a later place. */
  private void orderOfAcceptance() {
    Map<String, Row> last = new HashMap<>();
    for (Told command : accounts.told()) {
      Row row = rows.get(command.id());
      if (row != null) {
        Row before = last.put(command.caller + " " + command.device, row);
        if (before != null && before.ordinal() > row.ordinal()) {
          broken(
              Rule.ORDER,
              row + " was asked for after " + before + " had been accepted, and stands before it");
        }
      }
    }
  }
}
