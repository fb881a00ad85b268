package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.command.CommandService;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.device.DeletedDeviceStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.presence.PresenceStore;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is past its time goes, in more than one slice; what is not, or not ended, stays. */
class HistoryTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-22T12:00:00Z"));

  @BeforeEach
  void rows() {
    DATABASE.execute(
        "TRUNCATE device, deleted_device, command, event, session RESTART IDENTITY CASCADE");
    sql.device("d1");
    String old = "'2026-11-12T11:59:59Z'::timestamptz";
    String young = "'2026-11-12T12:00:01Z'::timestamptz";
    int many = 2 * Pruner.SLICE + 1;
    DATABASE.execute(
        events(many, old),
        events(3, young),
        sessions(0, many, old),
        sessions(many, 1, young),
        sessions(many + 1, 1, "NULL"),
        commands(many, "succeeded", old),
        commands(1, "failed", young),
        commands(1, "queued", old));
  }

  private static String events(int count, String at) {
    return "INSERT INTO event (at, device_key, type, state, node, cause)"
        + " SELECT %s, 1, 'presence', 'online', 'n', 'c' FROM generate_series(1, %d)"
            .formatted(at, count);
  }

  private static String sessions(int after, int count, String closedAt) {
    return ("INSERT INTO session (device_key, epoch, node, address, agent, opened_at, closed_at)"
            + " SELECT 1, %d + n, 'n', 'a', 'a', '2026-01-01', %s FROM generate_series(1, %d) n")
        .formatted(after, closedAt, count);
  }

  private static String commands(int count, String state, String changedAt) {
    return ("INSERT INTO command (id, device_key, name, content_type, payload, state, created_at,"
            + " changed_at, expires_at, caller, request_digest) SELECT gen_random_uuid(), 1, 'c',"
            + " '', '', '%s', '2026-01-01', %s, '2027-01-01', 'k', '' FROM generate_series(1, %d)")
        .formatted(state, changedAt, count);
  }

  private List<Pruner> pruners(int days) {
    return List.of(
        EventStore.pruner(DATABASE.database(), time, days),
        PresenceStore.pruner(DATABASE.database(), time, days),
        CommandService.pruner(DATABASE.database(), time, days));
  }

  private String counts() {
    return sql.text(
        "SELECT (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM session) || ' '"
            + " || (SELECT count(*) FROM command)");
  }

  @Test
  void whatIsOldAndEndedGoes() {
    pruners(10).forEach(Pruner::sweep);
    assertThat(counts()).isEqualTo("3 2 2");
    assertThat(sql.text("SELECT string_agg(state, ' ' ORDER BY state) FROM command"))
        .isEqualTo("failed queued");
    assertThat(sql.number("SELECT count(*) FROM session WHERE closed_at IS NULL")).isEqualTo(1);
  }

  @Test
  void zeroDaysKeepForEver() {
    String before = counts();
    pruners(0).forEach(Pruner::sweep);
    assertThat(counts()).isEqualTo(before);
  }

  @Test
  void itGoesWithItsDevice() {
    sql.device("d2");
    DATABASE.execute(
        "UPDATE event SET device_key = 2 WHERE id % 2 = 0",
        "UPDATE session SET device_key = 2 WHERE epoch % 2 = 0",
        "DELETE FROM device WHERE id = 'd1'");
    DATABASE.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE 'a crash in the middle'; END $$",
        "CREATE TRIGGER fail BEFORE DELETE ON session FOR EACH ROW WHEN (OLD.epoch = 4001)"
            + " EXECUTE FUNCTION fail()");
    assertThatThrownBy(() -> new DeletedDeviceStore(DATABASE.database(), _ -> {}).sweep())
        .hasMessageContaining("in the middle");
    assertThat(sql.number("SELECT count(*) FROM deleted_device")).isEqualTo(1);
    DATABASE.execute("DROP FUNCTION fail() CASCADE");
    new DeletedDeviceStore(DATABASE.database(), _ -> {}).sweep();
    assertThat(sql.number("SELECT count(*) FROM deleted_device")).isZero();
    assertThat(sql.number("SELECT count(*) FROM command")).isZero();
    assertThat(sql.text("SELECT string_agg(DISTINCT device_key::text, ' ') FROM event"))
        .isEqualTo("2");
    assertThat(sql.text("SELECT string_agg(DISTINCT device_key::text, ' ') FROM session"))
        .isEqualTo("2");
  }
}
