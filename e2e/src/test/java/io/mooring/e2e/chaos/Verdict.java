package io.mooring.e2e.chaos;

import io.mooring.e2e.chaos.Schedule.Kind;
import io.mooring.e2e.chaos.Testimony.Run;
import io.mooring.hub.command.CommandState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What came of a trial. */
record Verdict(Accounts accounts, List<Strike> strikes, List<Finding> findings) {
  private static final int SHOWN = 15;

  /** The first of each kind of finding; empty when every promise was kept. */
  String broken() {
    Map<Rule, List<Finding>> byRule = new TreeMap<>();
    findings.forEach(
        finding -> byRule.computeIfAbsent(finding.rule(), _ -> new ArrayList<>()).add(finding));
    StringBuilder text = new StringBuilder();
    byRule.forEach(
        (rule, all) -> {
          text.append("%n%d against %s:".formatted(all.size(), rule));
          all.stream()
              .limit(SHOWN)
              .forEach(finding -> text.append("%n  %s".formatted(finding.what())));
        });
    return text.toString();
  }

  boolean breaks(Rule rule) {
    return findings.stream().anyMatch(finding -> finding.rule() == rule);
  }

  Stream<Run> runs() {
    return accounts.testimonies().stream().flatMap(device -> device.runs().stream());
  }

  /** Commands that were sent more than once. */
  long redelivered() {
    return accounts.rows().stream().filter(row -> row.attempts() > 1).count();
  }

  /** Commands that were cancelled before they were sent. */
  long neverSent() {
    return accounts.rows().stream()
        .filter(row -> row.state() == CommandState.CANCELLED && row.attempts() == 0)
        .count();
  }

  /** Handlers that a kill cut off. */
  long cutOff() {
    return runs().filter(run -> !run.ended()).count();
  }

  /** How often each kind of fault has struck while commands were under way. */
  Map<Kind, Integer> struck() {
    Map<Kind, Integer> struck = new TreeMap<>();
    for (Strike strike : strikes) {
      if (accounts.rows().stream().anyMatch(row -> row.isUnderWay(strike.at()))) {
        struck.merge(strike.kind(), 1, Integer::sum);
      }
    }
    return struck;
  }

  Map<CommandState, Integer> ends() {
    Map<CommandState, Integer> ends = new TreeMap<>();
    accounts.rows().forEach(row -> ends.merge(row.state(), 1, Integer::sum));
    return ends;
  }

  /** How much there was to judge. */
  @Override
  public String toString() {
    return "%d faults %s; %d commands %s, %d sent more than once, %d cancelled unsent, %d runs of handlers, %d of them cut off, %d findings"
        .formatted(
            strikes.size(),
            struck(),
            accounts.rows().size(),
            ends(),
            redelivered(),
            neverSent(),
            runs().count(),
            cutOff(),
            findings.size());
  }
}
