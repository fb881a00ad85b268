package io.mooring.e2e.chaos;

import io.mooring.e2e.device.Work;
import io.mooring.e2e.harness.Database;
import io.mooring.hub.command.CommandState;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A command as it stands in the hub's table.
 *
 * @param late whether its time was up at its last change
 * @param states all that it went through, by the events
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
    Outcome outcome,
    List<CommandState> states) {
  private static final String ALL =
      """
      SELECT c.id, d.id AS device, c.name, c.ordinal, c.state, c.attempts, c.idempotency_key AS key,
             c.changed_at >= c.expires_at AS late, convert_from(c.result_payload, 'UTF8') AS payload,
             c.result_message AS message,
             (SELECT array_agg(e.state ORDER BY e.id) FROM event e
              WHERE e.command_id = c.id AND e.type = 'command') AS states
      FROM command c JOIN device d ON d.key = c.device_key ORDER BY c.ordinal
      """;

  /** In the order of acceptance. */
  static List<Row> all(Database database) {
    return database.rows(ALL).stream().map(Row::of).toList();
  }

  private static Row of(JsonNode row) {
    List<CommandState> states = new ArrayList<>();
    row.path("states").forEach(state -> states.add(CommandState.of(state.asString())));
    return new Row(
        row.path("id").asString(),
        row.path("device").asString(),
        Work.of(row.path("name").asString()),
        row.path("ordinal").asLong(),
        CommandState.of(row.path("state").asString()),
        row.path("attempts").asInt(),
        row.path("key").asString(),
        row.path("late").asBoolean(),
        new Outcome(
            row.path("state").asString(),
            Outcome.text(row.path("payload").asString("")),
            Outcome.text(row.path("message").asString(""))),
        states);
  }

  @Override
  public String toString() {
    return "command %s (key %s, %s on %s, %s)".formatted(id, key, work.command(), device, state);
  }
}
