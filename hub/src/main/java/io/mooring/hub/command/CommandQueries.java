package io.mooring.hub.command;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Timestamps;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What callers ask about commands. */
final class CommandQueries {
  /**
   * How far the time in an id may be from the time of acceptance, which is taken beside it: the ids
   * of a burst borrow from the future.
   */
  private static final Duration SLACK = Duration.ofMinutes(1);

  private static final String STANDING =
      """
      SELECT counts.before, counts.under_way, front.id, front.name, front.state
      FROM (SELECT count(*) FILTER (WHERE ordinal < ?) AS before,
                   count(*) FILTER (WHERE state <> 'queued') AS under_way
            FROM command WHERE device_key = ? AND %1$s) counts
      LEFT JOIN (SELECT id, name, state
                 FROM command WHERE device_key = ? AND ordinal < ? AND %1$s
                 ORDER BY ordinal LIMIT 1) front ON true
      """
          .formatted(CommandStore.OPEN);

  private final Database database;
  private final RangeReads ranges;

  /**
   * @param ranges for lists of the whole fleet, which may read much
   */
  CommandQueries(Database database, RangeReads ranges) {
    this.database = database;
    this.ranges = ranges;
  }

  /** Newest first. */
  List<Command> list(Commands.Filter filter, @Nullable UUID before, int limit) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    CommandState state = filter.state();
    if (before != null) {
      conditions.add("id < ?");
      values.add(before);
    }
    if (filter.deviceKey() != null) {
      conditions.add("device_key = ?");
      values.add(filter.deviceKey());
    } else {
      conditions.add(CommandStore.SHOWN);
    }
    if (state != null) {
      // As a literal, so that the partial indexes serve.
      conditions.add("state = '" + state.text() + "'");
      if (state.isOpen()) {
        conditions.add(CommandStore.OPEN);
      }
    }
    if (filter.name() != null) {
      conditions.add("name = ?");
      values.add(filter.name());
    }
    if (filter.job() != null) {
      conditions.add("job_id = ?");
      values.add(filter.job());
    }
    Instant from = filter.from();
    if (from != null) {
      conditions.add("created_at >= ? AND id >= ?");
      values.add(Timestamps.of(from));
      values.add(CommandIds.lowest(from.minus(SLACK)));
    }
    Instant to = filter.to();
    if (to != null) {
      conditions.add("created_at < ? AND id < ?");
      values.add(Timestamps.of(to));
      values.add(CommandIds.lowest(to.plus(SLACK)));
    }
    values.add(limit);
    String sql =
        "SELECT %s FROM command WHERE %s ORDER BY id DESC LIMIT ?"
            .formatted(CommandStore.COLUMNS, String.join(" AND ", conditions));
    Database.Work<List<Command>> work =
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
              select.setObject(i + 1, values.get(i));
            }
            return CommandStore.readAll(select);
          }
        };
    return filter.deviceKey() == null ? ranges.query(work) : database.query(work);
  }

  List<Command.Transition> transitions(UUID id) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT state, at, node, epoch, cause FROM event WHERE command_id = ? ORDER BY id")) {
            select.setObject(1, id);
            List<Command.Transition> transitions = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                transitions.add(
                    new Command.Transition(
                        CommandState.of(row.getString(1)),
                        row.getTimestamp(2).toInstant(),
                        row.getString(3),
                        row.getObject(4, Long.class),
                        row.getString(5)));
              }
            }
            return transitions;
          }
        });
  }

  Optional<UUID> retriedBy(UUID id) {
    return database.query(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT id FROM command WHERE retry_of = ? ORDER BY id DESC LIMIT 1")) {
            select.setObject(1, id);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
            }
          }
        });
  }

  Command.Standing standing(Command command) {
    return database.query(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(STANDING)) {
            select.setLong(1, command.ordinal());
            select.setInt(2, command.deviceKey());
            select.setInt(3, command.deviceKey());
            select.setLong(4, command.ordinal());
            try (ResultSet row = select.executeQuery()) {
              row.next();
              UUID front = row.getObject(3, UUID.class);
              return new Command.Standing(
                  row.getInt(1),
                  row.getInt(2),
                  front == null
                      ? null
                      : new Command.Front(
                          front, row.getString(4), CommandState.of(row.getString(5))));
            }
          }
        });
  }
}
