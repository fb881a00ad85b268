package io.mooring.e2e.chaos;

import io.mooring.e2e.chaos.Schedule.Kind;
import io.mooring.e2e.harness.Database;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.Postgres;
import java.util.Locale;

/**
 * A fault built into the surroundings of hub and SDK, never into them, that breaks what they
 * promise: the judge must find it. {@code -De2e.fault=commit} plants one in the long trial, too.
 */
enum Planted {
  NONE(Rule.ENDS, Kind.KILL_HUB),

  /** PostgreSQL says that it has committed, and writes a second later or two. */
  COMMIT(Rule.ENDS, Kind.KILL_POSTGRES),

  /** A device forgets its store whenever its process ends. */
  JOURNAL(Rule.ONCE, Kind.KILL_DEVICE),

  /** Two commands that follow each other change places on their way. */
  ORDER(Rule.ORDER, Kind.CUT_DEVICE),

  /** What a device answers is changed on its way. */
  RESULT(Rule.AGREEMENT, Kind.CUT_DEVICE),

  /** PostgreSQL forgets that commands were sent, so they count as cancelled before that. */
  ATTEMPTS(Rule.CANCELLED, Kind.HOLD_TO_HUB),

  /** PostgreSQL says of who is connected that it is not. */
  PRESENCE(Rule.PRESENCE, Kind.CUT_DEVICE);

  private final Rule broken;
  private final Kind shownBy;

  Planted(Rule broken, Kind shownBy) {
    this.broken = broken;
    this.shownBy = shownBy;
  }

  /** What the switch says. */
  static Planted chosen() {
    String name = System.getProperty("e2e.fault", "");
    return name.isBlank() ? NONE : valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The promise that it breaks. */
  Rule broken() {
    return broken;
  }

  /** What brings it to light. */
  Kind shownBy() {
    return shownBy;
  }

  void prepare(Postgres postgres, Database database) {
    switch (this) {
      case COMMIT -> {
        postgres.set("synchronous_commit", "off");
        postgres.set("wal_writer_delay", "1s");
        postgres.set("wal_writer_flush_after", "1GB");
      }
      case ATTEMPTS -> lie(database, "command", "NEW.attempts := 0");
      case PRESENCE -> lie(database, "presence", "NEW.state := 'offline'");
      case NONE, JOURNAL, ORDER, RESULT -> {}
    }
  }

  private static void lie(Database database, String table, String assignment) {
    database.execute(
        """
        CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN NEW; END $$;
        CREATE TRIGGER lie BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION lie();
        """
            .formatted(assignment, table));
  }

  /** Whether it comes to light only where a handler is cut off: else a short trial may miss it. */
  boolean isShownByWork() {
    return this == JOURNAL;
  }

  boolean forgetsStores() {
    return this == JOURNAL;
  }

  Line.Tamper tamper(Line.Way way) {
    return switch (this) {
      case ORDER -> way == Line.Way.FROM_SERVER ? new Swap() : Line.Tamper.NONE;
      case RESULT -> way == Line.Way.TO_SERVER ? new Forgery() : Line.Tamper.NONE;
      case NONE, COMMIT, JOURNAL, ATTEMPTS, PRESENCE -> Line.Tamper.NONE;
    };
  }
}
