package io.mooring.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.TestDatabase;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A hub that dies after it has sent a command and before that is stored. */
class CommandCrashTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  /** The hub that lives. */
  @AutoClose private CommandWorld world = new CommandWorld(DATABASE);

  private final CutProxy proxy = new CutProxy("127.0.0.1", DATABASE.port());
  private final Database through = DATABASE.through(proxy.port());

  @AfterEach
  void stop() {
    through.close();
    proxy.close();
  }

  /** The device has it all the same. Returns the command. */
  private UUID sentByAHubThatDies() {
    UUID id = world.accept("1").id();
    DataPath dying = DataPaths.start(through, world.time, Limits.DEFAULTS);
    CommandDevice sentTo =
        DATABASE
            .database()
            .transaction(
                connection -> {
                  try (Statement lock = connection.createStatement()) {
                    // The writer waits for this row, so nothing of the sending is stored.
                    lock.execute("SELECT FROM command WHERE id = '" + id + "' FOR UPDATE");
                  }
                  CommandDevice device = CommandDevice.open(dying.sessions(), world.key, false);
                  CommandWorld.until(() -> device.commands.size() == 1);
                  proxy.cut();
                  return device;
                });
    dying.close();
    assertThat(sentTo.commands).hasSize(1);
    assertThat(world.find(id).state()).isEqualTo(CommandState.QUEUED);
    return id;
  }

  /** It is delivered as for the first time (P-49), and the device knows it by its id. */
  @Test
  void theCommandIsSentAgainAndAnsweredFromTheJournal() {
    UUID id = sentByAHubThatDies();
    CommandDevice device = world.device(false);
    CommandWorld.until(() -> device.commands.size() == 1);
    assertThat(CommandDevice.uuid(device.commands.getFirst())).isEqualTo(id);
    assertThat(device.commands.getFirst().getCommand().getAttempt()).isEqualTo(1);
    device.answer(id);
    world.until(id, CommandState.SUCCEEDED);
    assertThat(world.find(id).attempts()).isEqualTo(1);
    assertThat(world.states(id)).containsExactly("queued", "sent", "succeeded");
  }

  /** Before it has got it again from this hub. */
  @Test
  void theAnswerCountsHoweverLittleTheHubKnows() {
    UUID id = sentByAHubThatDies();
    CommandDevice device = world.device(false);
    device.answer(id);
    world.until(id, CommandState.SUCCEEDED);
    CommandWorld.until(() -> device.acknowledged.size() == 1);
    assertThat(world.states(id)).startsWith("queued").endsWith("succeeded");
  }

  /** As with every command that is cancelled after it was sent, the answer comes too late. */
  @Test
  void aCancellingWins() {
    UUID id = sentByAHubThatDies();
    world.commands().cancel(world.find(id), Actors.ANNA).join();
    CommandDevice device = world.device(false);
    device.answer(id);
    CommandWorld.until(() -> device.acknowledged.size() == 1);
    assertThat(device.commands).isEmpty();
    assertThat(world.find(id).answer()).isNull();
    assertThat(world.states(id)).containsExactly("queued", "cancelled");
  }
}
