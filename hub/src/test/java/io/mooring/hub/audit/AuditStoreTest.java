package io.mooring.hub.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.db.RangeReads;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditStoreTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private final AuditStore store = new AuditStore(new RangeReads(DATABASE.database(), 2));

  @BeforeEach
  void empty() {
    DATABASE.execute("DELETE FROM audit");
  }

  @Test
  void keepsWhoFromWhereWhatAndHowItWas() {
    append(
        Change.of(Actors.ANNA, NOW, "user.change", "users/eve")
            .before("role", "viewer")
            .before("nothing", null)
            .after("role", "admin")
            .after("at", NOW)
            .after("count", 7)
            .after("enabled", true)
            .after("scopes", List.of("a", "b"))
            .after("tags", Map.of("site", "north \"1\"")));

    AuditEntry entry = list(AuditFilter.ALL).getFirst();
    assertThat(entry.by()).isEqualTo(Actors.ANNA);
    assertThat(entry.at()).isEqualTo(NOW);
    assertThat(entry.action() + " " + entry.target()).isEqualTo("user.change users/eve");
    assertThat(entry.before().toString()).isEqualTo("{\"role\":\"viewer\"}");
    assertThat(entry.after().at("/at").asString()).isEqualTo("2026-11-22T10:00:00Z");
    assertThat(entry.after().at("/count").asInt()).isEqualTo(7);
    assertThat(entry.after().at("/enabled").asBoolean()).isTrue();
    assertThat(entry.after().at("/scopes/1").asString()).isEqualTo("b");
    assertThat(entry.after().at("/tags/site").asString()).isEqualTo("north \"1\"");
  }

  @Test
  void whatComesOverNoNetworkHasNoAddress() {
    append(Change.of(Actor.firstStart(), NOW, "user.create", "users/admin"));
    assertThat(list(AuditFilter.ALL).getFirst().by()).isEqualTo(Actor.firstStart());
  }

  @Test
  void filters() {
    DATABASE.execute(
        "INSERT INTO api_key (id, name, secret_hash, scopes, created_at)"
            + " VALUES ('bertskey', 'bert', sha256('x'), '{}', now())",
        "INSERT INTO user_account (name, password_hash, role, created_at)"
            + " VALUES ('anna', '', 'admin', now())");
    append(
        Change.of(Actors.ANNA, NOW, "user.create", "users/eve"),
        Change.of(Actors.BERT, NOW.plusSeconds(1), "device.create", "devices/pump-7"),
        Change.of(Actors.BERT, NOW.plusSeconds(2), "token.create", "devices/pump-7/tokens/t"),
        Change.of(Actors.ANNA, NOW.plusSeconds(3), "device.create", "devices/pump-70"),
        Change.of(Actors.ANNA, NOW.plusSeconds(4), "user.delete", "users/eve"),
        Change.of(Actors.ANNA, NOW.plusSeconds(5), "users.odd", "devices"));

    assertThat(found("bertskey", null, null)).containsExactly("2 token.create", "1 device.create");
    assertThat(found("bert", null, null)).containsExactly("2 token.create", "1 device.create");
    assertThat(found("ANNA", "device", null)).containsExactly("3 device.create");
    assertThat(found(null, "user", null)).containsExactly("4 user.delete", "0 user.create");
    assertThat(found(null, "user.create", null)).containsExactly("0 user.create");
    assertThat(found(null, null, "devices/pump-7"))
        .containsExactly("2 token.create", "1 device.create");
    assertThat(found("nobody", null, null)).isEmpty();
    assertThat(found(null, "use", null)).isEmpty();
    assertThat(found(null, "%", null)).isEmpty();
    assertThat(list(new AuditFilter(null, null, null, NOW.plusSeconds(1), NOW.plusSeconds(3))))
        .extracting(AuditEntry::action)
        .containsExactly("token.create", "device.create");
  }

  private List<String> found(
      @Nullable String who, @Nullable String action, @Nullable String target) {
    return list(new AuditFilter(who, action, target, null, null)).stream()
        .map(e -> Duration.between(NOW, e.at()).toSeconds() + " " + e.action())
        .toList();
  }

  /** Many at the same moment, and nothing is missed or repeated between pages. */
  @Test
  void pages() {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      changes.add(Change.of(Actors.ANNA, NOW.plusSeconds(i / 10), "device.create", "devices/" + i));
    }
    append(changes.toArray(Change[]::new));

    List<String> seen = new ArrayList<>();
    List<AuditEntry> page = store.list(AuditFilter.ALL, null, 4);
    while (!page.isEmpty()) {
      page.forEach(entry -> seen.add(entry.target()));
      page = store.list(AuditFilter.ALL, page.getLast().place(), 4);
    }
    List<String> wanted = new ArrayList<>();
    for (int i = 24; i >= 0; i--) {
      wanted.add("devices/" + i);
    }
    assertThat(seen).isEqualTo(wanted);
  }

  @Test
  void nothingIsDeletedBeforeItsTime() {
    append(
        Change.of(Actors.ANNA, NOW.minus(Duration.ofDays(400)), "device.create", "devices/old"),
        Change.of(Actors.ANNA, NOW.minus(Duration.ofDays(365)), "device.create", "devices/just"),
        Change.of(Actors.ANNA, NOW, "device.create", "devices/new"));

    AuditStore.pruner(DATABASE.database(), () -> NOW, 0).sweep();
    assertThat(list(AuditFilter.ALL)).hasSize(3);
    AuditStore.pruner(DATABASE.database(), () -> NOW, 365).sweep();
    assertThat(list(AuditFilter.ALL))
        .extracting(AuditEntry::target)
        .containsExactly("devices/new", "devices/just");
  }

  private List<AuditEntry> list(AuditFilter filter) {
    return store.list(filter, null, 100);
  }

  private static void append(Change... changes) {
    DATABASE
        .database()
        .transaction(
            connection -> {
              AuditStore.append(connection, List.of(changes));
              return changes.length;
            });
  }
}
