package io.mooring.e2e.chaos;

import io.mooring.e2e.device.Work;
import io.mooring.e2e.harness.Database;
import io.mooring.hub.command.CommandState;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A command as it stands in the hub's table.
 *
 * @param late whether its time was up at its last change
 * @param acceptedAt by the hub's clock
 * @param changedAt for the last time, likewise
 * @param states all that it went through, by the events
 * @param epochs of the sessions in which it went through them, where there was one
 */
record Row(
    String id,
    String device,
    Work work,
    long ordinal,
    CommandState state,
    int attempts,
    String key,
    boolean late,
    Instant acceptedAt,
    Instant changedAt,
    Outcome outcome,
    List<CommandState> states,
    List<Long> epochs) {
  private static final String ALL =
      """
      SELECT c.id, d.id AS device, c.name, c.ordinal, c.state, c.attempts, c.idempotency_key AS key,
             c.changed_at >= c.expires_at AS late, convert_from(c.result_payload, 'UTF8') AS payload,
             c.result_message AS message, c.created_at, c.changed_at,
             (SELECT array_agg(e.state ORDER BY e.id) FROM event e
              WHERE e.command_id = c.id AND e.type = 'command') AS states,
             (SELECT array_agg(e.epoch ORDER BY e.id) FROM event e
              WHERE e.command_id = c.id AND e.epoch IS NOT NULL) AS epochs
      FROM command c JOIN device d ON d.key = c.device_key ORDER BY c.ordinal
      """;

  /** In the order of acceptance. */
  static List<Row> all(Database database) {
    return database.rows(ALL).stream().map(Row::of).toList();
  }

  private static Row of(JsonNode row) {
    List<CommandState> states = new ArrayList<>();
    row.path("states").forEach(state -> states.add(CommandState.of(state.asString())));
    List<Long> epochs = new ArrayList<>();
    row.path("epochs").forEach(epoch -> epochs.add(epoch.asLong()));
    return new Row(
        row.path("id").asString(),
        row.path("device").asString(),
        Work.of(row.path("name").asString()),
        row.path("ordinal").asLong(),
        CommandState.of(row.path("state").asString()),
        row.path("attempts").asInt(),
        row.path("key").asString(),
        row.path("late").asBoolean(),
        OffsetDateTime.parse(row.path("created_at").asString()).toInstant(),
        OffsetDateTime.parse(row.path("changed_at").asString()).toInstant(),
        new Outcome(
            row.path("state").asString(),
            Outcome.text(row.path("payload").asString("")),
            Outcome.text(row.path("message").asString(""))),
        states,
        epochs);
  }

  /** Whether it had been accepted by then, and had not ended. */
  boolean isUnderWay(Instant moment) {
    return !acceptedAt.isAfter(moment) && moment.isBefore(changedAt);
  }

  @Override
  public String toString() {
    return "command %s (key %s, %s on %s, %s)".formatted(id, key, work.command(), device, state);
  }
}
