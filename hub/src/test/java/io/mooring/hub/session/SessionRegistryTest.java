package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Things that happen to one device's sessions at the same moment. */
class SessionRegistryTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private final FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));

  @AutoClose
  private final DataPath path = DataPaths.start(DATABASE.database(), time, Limits.DEFAULTS);

  private final SessionRegistry registry = path.sessions().registry();
  private final Sessions.Identity identity = device();

  private Sessions.Identity device() {
    DATABASE.execute("TRUNCATE device, command, event, session RESTART IDENTITY CASCADE");
    return new Sessions.Identity(sql.device("d"), "d", "td");
  }

  private DeviceSession hello(FakeSender sender) {
    DeviceSession session = path.sessions().begin(identity, sender);
    session.on(new Inbound.Hello("test", List.of()));
    return session;
  }

  /** Where the address is asked for, a token is revoked on another thread. */
  @Test
  void aSocketThatEndsWhileItBeginsIsCountedNoMore() {
    FakeSender sender =
        new FakeSender() {
          @Override
          public String address() {
            registry.end(identity.deviceKey(), null, CloseReason.TOKEN_REVOKED);
            return super.address();
          }
        };
    path.sessions().begin(identity, sender);
    registry.end(identity.deviceKey(), null, CloseReason.TOKEN_REVOKED);
    assertThat(registry.size()).isZero();
    assertThat(registry.socketsOf(identity.deviceKey())).isZero();
    assertThat(registry.from(sender.address())).isZero();
  }

  /** The writer is kept waiting, so that the end of one session meets the next one's Hello. */
  @Test
  void aSessionWhoseEndSharesItsCommitWithTheNextKeepsItsReason() {
    FakeSender first = new FakeSender();
    FakeSender second = new FakeSender();
    DeviceSession session = hello(first);
    await().until(first::isWelcome);
    int ended =
        DATABASE
            .database()
            .transaction(
                connection -> {
                  try (Statement lock = connection.createStatement()) {
                    lock.execute("LOCK TABLE presence IN EXCLUSIVE MODE");
                  }
                  session.noteLastSeen();
                  await()
                      .until(
                          () -> sql.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
                  time.advance(Duration.ofSeconds(1));
                  session.ended(1000, "changing batteries");
                  hello(second);
                  return 1000;
                });
    await().until(second::isWelcome);
    assertThat(sql.text("SELECT close_code || ' ' || close_reason FROM session WHERE epoch = 1"))
        .isEqualTo(ended + " changing batteries");
    assertThat(sql.text("SELECT string_agg(state, ' ' ORDER BY id) FROM event"))
        .isEqualTo("online offline online");
  }
}
