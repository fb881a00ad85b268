package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.access.User;
import io.mooring.hub.access.Users.Outcome;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class FirstAccessTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private final FirstAccess access = FirstAccess.on(DATABASE.database(), HubConfig.Access.DEFAULTS);

  @Test
  void whatIsDoneOnTheDatabaseIsInTheAuditLogToo() {
    String admin = access.createAdmin(false).orElseThrow();
    assertThat(access.createAdmin(false)).isEmpty();
    String eve = access.createUser("eve", "viewer").orElseThrow().password();
    assertThat(access.createUser("EVE", "viewer")).isEmpty();
    String reset = access.resetPassword("eve").orElseThrow().password();
    assertThat(access.resetPassword("nobody")).isEmpty();
    assertThat(access.enableUser("eve", false)).isInstanceOf(Outcome.Done.class);
    assertThat(access.enableUser("admin", false)).isInstanceOf(Outcome.LastAdmin.class);
    assertThat(access.enableUser("nobody", false)).isInstanceOf(Outcome.Unknown.class);
    String key = access.issueKey("ops", List.of("admin"), null);
    assertThat(access.isValid(key)).isTrue();

    assertThat(access.users()).extracting(User::name).containsExactly("admin", "eve");
    assertThat(
            new Sql(DATABASE)
                .lines(
                    "SELECT concat_ws(' ', actor_kind, actor_id, address, action,"
                        + " regexp_replace(target, '^keys/.*', 'keys/K')) FROM audit ORDER BY id"))
        .isEqualTo(
            """
            system first-start user.create users/admin
            system command-line user.create users/eve
            system command-line user.reset-password users/eve
            system command-line user.change users/eve
            system command-line key.create keys/K
            """);
    assertThat(new Sql(DATABASE).lines("SELECT audit::text FROM audit"))
        .doesNotContain(admin, eve, reset, key, "pbkdf2");
  }

  @Test
  void namesWhatThereIs() {
    assertThatThrownBy(() -> access.createUser("x", "root"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"root\" is no role; there are viewer, operator, admin");
    assertThatThrownBy(() -> access.createUser("a b", "viewer"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> access.issueKey("x", List.of("all"), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"all\" is no scope; there are devices:read,");
  }

  @Test
  void aKeyThatTheApiWouldNotMakeIsNotMadeHereEither() {
    List<String> admin = List.of("admin");
    for (String name : List.of("", "a\nb", "x".repeat(129))) {
      assertThatThrownBy(() -> access.issueKey(name, admin, null))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> access.issueKey("x", List.of(), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> access.issueKey("x", admin, Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
