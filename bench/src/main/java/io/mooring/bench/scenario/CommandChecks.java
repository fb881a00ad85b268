package io.mooring.bench.scenario;

import io.mooring.bench.load.CommandTally;

/** What must hold of commands after a phase, or its figures mean nothing. */
final class CommandChecks {
  private CommandChecks() {}

  /** All are stored as succeeded with all their transitions, and came in their turn. */
  static void carriedOut(Run run, CommandTally devices, long count) {
    must(devices.outOfOrder() == 0, devices.outOfOrder() + " came out of order");
    stored(run, count, "succeeded", "queued sent received succeeded");
  }

  /** All are stored as queued. */
  static void queued(Run run, long count) {
    stored(run, count, "queued", "queued");
  }

  private static void stored(Run run, long count, String state, String log) {
    long stored = run.postgres().number("SELECT count(*) FROM command");
    must(stored == count, "%d are done, but %d are stored".formatted(count, stored));
    String unlikeThat =
        """
        SELECT count(*) FROM (
          SELECT c.state, string_agg(e.state, ' ' ORDER BY e.id) AS log
          FROM command c LEFT JOIN event e ON e.command_id = c.id GROUP BY c.id) AS c
        WHERE (c.state, c.log) IS DISTINCT FROM ('%s', '%s')
        """
            .formatted(state, log);
    long unlike = run.postgres().number(unlikeThat);
    must(unlike == 0, "%d of %d are not %s by way of %s".formatted(unlike, stored, state, log));
  }

  private static void must(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("commands: " + otherwise);
    }
  }
}
