package io.mooring.hub.command;

import io.mooring.hub.command.TransitionWrites.Happened;
import io.mooring.hub.command.TransitionWrites.Transition;
import io.mooring.hub.db.AfterCommit;
import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.db.Write;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries out {@link CommandChange}s. */
final class CommandChangeWrites implements Write.Kind<CommandChange> {
  private static final String FENCED =
      """
      SELECT u.n FROM unnest(?::int[], ?::bigint[]) WITH ORDINALITY AS u(device_key, epoch, n)
      WHERE NOT EXISTS (SELECT FROM presence p WHERE p.device_key = u.device_key AND p.epoch = u.epoch)
      """;

  /** Up to so many, fewer round trips cost less than simpler statements. */
  private static final int FEW = 128;

  private final TransitionWrites transitions;
  private final Consumer<CommandChange> applied;

  /**
   * @param applied told of each change that took effect, after its commit
   */
  CommandChangeWrites(TransitionWrites transitions, Consumer<CommandChange> applied) {
    this.transitions = transitions;
    this.applied = applied;
  }

  @Override
  public Class<CommandChange> type() {
    return CommandChange.class;
  }

  @Override
  public boolean leavesMark(List<CommandChange> writes) {
    return writes.size() <= FEW && writes.stream().allMatch(change -> change.epoch != null);
  }

  @Override
  public void write(Connection connection, List<CommandChange> writes, boolean careful)
      throws SQLException {
    writeAll(connection, writes, null);
  }

  @Override
  public void writeAndMark(
      Connection connection, List<CommandChange> writes, boolean careful, UUID mark)
      throws SQLException {
    writeAll(connection, writes, mark);
  }

  private void writeAll(Connection connection, List<CommandChange> writes, @Nullable UUID mark)
      throws SQLException {
    for (CommandChange change : writes) {
      change.applied = false;
      change.fenced = false;
      change.happened = new Happened();
    }
    Set<UUID> oneByOne = new HashSet<>();
    Set<CommandChange> appended = new HashSet<>();
    List<CommandChange> rest = writes;
    if (leavesMark(writes)) {
      rest = few(connection, writes, mark, oneByOne, appended);
    }
    while (!rest.isEmpty()) {
      List<ChangeChain> round = new ArrayList<>();
      List<CommandChange> later = chains(rest, oneByOne, round);
      CommandUpdateWrites.update(connection, round);
      rest = left(round, later, oneByOne);
    }
    List<CommandChange> unapplied =
        writes.stream().filter(c -> !c.applied && c.answer != null).toList();
    if (!unapplied.isEmpty()) {
      fence(connection, unapplied);
    }
    Happened happened = writes.getFirst().happened;
    transitions.count(connection, transitions(writes, appended::contains), happened);
    transitions.append(connection, transitions(writes, c -> !appended.contains(c)), happened);
    CommandAuditWrites.cancelled(connection, writes, happened.events());
  }

  private static List<Transition> transitions(
      List<CommandChange> writes, Predicate<CommandChange> which) {
    return writes.stream()
        .filter(change -> change.applied && which.test(change))
        .map(CommandChangeWrites::transition)
        .toList();
  }

  /** The first round, and its events: one round trip in place of two. */
  private List<CommandChange> few(
      Connection connection,
      List<CommandChange> writes,
      @Nullable UUID mark,
      Set<UUID> oneByOne,
      Set<CommandChange> appended)
      throws SQLException {
    List<ChangeChain> round = new ArrayList<>();
    List<CommandChange> later = chains(writes, oneByOne, round);
    Happened happened = writes.getFirst().happened;
    happened.add(
        CommandUpdateWrites.updateFew(connection, transitions.node(), round, mark), Map.of());
    writes.stream().filter(change -> change.applied).forEach(appended::add);
    return left(round, later, oneByOne);
  }

  /**
   * One statement changes a row once: what cannot be done in one step takes a later round.
   *
   * @param oneByOne commands whose changes are not all legal, so that they are made each by itself
   * @param round gets what is done in this one
   * @return what is left for a later one
   */
  private static List<CommandChange> chains(
      List<CommandChange> changes, Set<UUID> oneByOne, List<ChangeChain> round) {
    Map<UUID, ChangeChain> chains = LinkedHashMap.newLinkedHashMap(changes.size());
    List<CommandChange> later = new ArrayList<>();
    for (CommandChange change : changes) {
      ChangeChain chain = chains.get(change.id);
      if (chain == null) {
        chains.put(change.id, new ChangeChain(change));
      } else if (oneByOne.contains(change.id) || !chain.takes(change)) {
        later.add(change);
      }
    }
    round.addAll(chains.values());
    return later;
  }

  /** Chains that were not legal as a whole are taken apart. */
  private static List<CommandChange> left(
      List<ChangeChain> round, List<CommandChange> later, Set<UUID> oneByOne) {
    List<CommandChange> left = new ArrayList<>();
    for (ChangeChain chain : round) {
      if (!chain.last().applied && chain.changes().size() > 1) {
        oneByOne.add(chain.last().id);
        left.addAll(chain.changes());
      }
    }
    left.addAll(later);
    return left;
  }

  private static Transition transition(CommandChange c) {
    CommandChange.Row row = Objects.requireNonNull(c.row, "not applied");
    return new Transition(c.event(), row.job(), c.state.isOpen() ? null : c.said());
  }

  /**
   * An answer that changed nothing: because the command had ended, or because the session is no
   * longer the newest?
   */
  private static void fence(Connection connection, List<CommandChange> unapplied)
      throws SQLException {
    SqlArrays<CommandChange> rows = new SqlArrays<>(connection, unapplied);
    try (PreparedStatement select = connection.prepareStatement(FENCED)) {
      select.setArray(1, rows.ints(c -> c.deviceKey));
      select.setArray(2, rows.longsOrNull(c -> c.epoch));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          unapplied.get((int) row.getLong(1) - 1).fenced = true;
        }
      }
    }
  }

  @Override
  public void committed(List<CommandChange> writes) {
    transitions.tell(writes.getFirst().happened);
    Set<DeviceLink> told = Collections.newSetFromMap(new IdentityHashMap<>());
    AfterCommit.each(
        writes,
        change -> {
          if (change.applied) {
            applied.accept(change);
          }
          DeviceLink answerer = change.answerer;
          if (answerer != null && !change.fenced) {
            answerer.acknowledge(change.id);
            told.add(answerer);
          }
          change.settled.complete(null);
        });
    AfterCommit.each(told, DeviceLink::flush);
  }
}
