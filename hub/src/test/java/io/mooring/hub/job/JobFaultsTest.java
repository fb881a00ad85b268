package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.app.DataPaths;
import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** No device is lost or released twice, and the counts are exact, whatever happens meanwhile. */
class JobFaultsTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final Random random = new Random(11);

  @Test
  void aJobGoesOnAfterARestart() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      List<String> ids = world.devices(30);
      Job job = world.create(new Rollout(10, null, null, null, 4));
      connect(world, ids);
      JobWorld.until(() -> world.find(job.id()).counts().ended() >= 5);
      world.restart();
      connect(world, ids);
      JobWorld.until(() -> world.find(job.id()).counts().ended() >= 15);
      world.restart();
      world.assertCounted();
      connect(world, ids);
      world.until(job, JobState.COMPLETED);
      assertThat(world.find(job.id()).counts().ended()).isEqualTo(30);
      assertThat(world.sql.number("SELECT count(*) FROM command")).isEqualTo(30);
    }
  }

  @Test
  void aDeviceIsReleasedOnceWhoeverAsksAndNeverByAJobThatDoesNotRun() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      world.devices(3);
      Job job = world.create(new Rollout(null, null, null, null, 1));
      world.until(job, "waiting 2 queued 1");
      assertThat(release(world, job, 1)).isEqualTo(new Accepted.NotReleased());
      assertThat(release(world, job, 2)).isInstanceOf(Accepted.Durable.class);
      assertThat(release(world, job, 2)).isEqualTo(new Accepted.NotReleased());
      world.jobs().pause(job.id(), Actors.ANNA).join();
      assertThat(release(world, job, 3)).isEqualTo(new Accepted.NotReleased());
      world.jobs().cancel(job.id(), Actors.ANNA).join();
      assertThat(release(world, job, 3)).isEqualTo(new Accepted.NotReleased());
      world.until(job, "cancelled 2 skipped 1");
      assertThat(world.path.commands().waiting()).isZero();
    }
  }

  private static Accepted release(JobWorld world, Job job, int key) {
    Command.Request of = request(world, key);
    return world
        .path
        .commands()
        .accept(
            new Command.Request(
                key,
                of.name(),
                of.contentType(),
                of.payload(),
                of.expiresAt(),
                of.ttl(),
                of.caller(),
                null,
                null,
                null,
                job.id()))
        .join();
  }

  /** Each look is one statement, and so one moment. */
  @Test
  void countsAreExactAtAnyMoment() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      List<String> ids = world.devices(200);
      Job job = world.create(new Rollout(null, null, null, null, 40));
      CompletableFuture<Void> connecting = CompletableFuture.runAsync(() -> connect(world, ids));
      List<String> seen = new ArrayList<>();
      while (!connecting.isDone() || world.find(job.id()).counts().open() > 0) {
        world.assertCounted();
        assertThat(world.find(job.id()).counts().total()).isEqualTo(200);
        assertThat(world.find(job.id()).counts().open()).isLessThanOrEqualTo(40);
        seen.add(world.counts(job.id()));
      }
      world.until(job, JobState.COMPLETED);
      assertThat(seen.stream().distinct().count()).as("looks while it went on").isGreaterThan(5);
    }
  }

  /** Answers of all kinds. */
  private void connect(JobWorld world, List<String> ids) {
    Outcome[] outcomes = Outcome.values();
    world.connectAll(
        ids,
        () -> {
          synchronized (random) {
            return Optional.of(outcomes[random.nextInt(outcomes.length)]);
          }
        });
  }

  @Test
  void aDeviceWhoseQueueIsFullWaitsAndTheOthersGoOn() {
    try (JobWorld world = new JobWorld(DATABASE, DataPaths.commandsOpen(1))) {
      world.devices(3);
      int key = (int) world.sql.number("SELECT key FROM device WHERE id = 'd1'");
      Accepted accepted = world.path.commands().accept(request(world, key)).join();
      Command busy = ((Accepted.Durable) accepted).command();
      Job job = world.create(JobWorld.AT_ONCE);
      world.until(job, "waiting 1 queued 2");
      world.pass(Duration.ofSeconds(1));
      world.until(job, "waiting 1 queued 2");
      assertThat(world.devices(job, State.WAITING)).containsExactly("d1");
      world.path.commands().cancel(busy, Actors.ANNA).join();
      world.pass(Duration.ofSeconds(1));
      world.until(job, "queued 3");
    }
  }

  /** It would be looked for from the start again, were that not overwritten by what goes on. */
  @Test
  void aDeviceThatWasPassedOverIsNotForgottenIfTimePassesWhileAnotherIsReleased()
      throws SQLException {
    try (JobWorld world = new JobWorld(DATABASE, DataPaths.commandsOpen(1))) {
      world.devices(2);
      Accepted accepted = world.path.commands().accept(request(world, 1)).join();
      Job job = world.create(new Rollout(null, null, null, 1, 100));
      try (Connection connection = DATABASE.database().openOwn()) {
        connection.setAutoCommit(false);
        connection.createStatement().execute("LOCK TABLE command IN SHARE MODE");
        world.pass(Duration.ofSeconds(1));
        JobWorld.until(() -> world.path.writer().queuedBytes() > 0);
        world.pass(Duration.ofSeconds(1));
        connection.rollback();
      }
      world.until(job, "waiting 1 queued 1");
      assertThat(world.devices(job, State.WAITING)).containsExactly("d1");
      world.path.commands().cancel(((Accepted.Durable) accepted).command(), Actors.ANNA).join();
      world.pass(Duration.ofSeconds(1));
      world.until(job, "queued 2");
    }
  }

  private static Command.Request request(JobWorld world, int key) {
    return new Command.Request(
        key,
        "step",
        "application/json",
        new byte[0],
        world.time.instant().plusSeconds(60),
        Duration.ofSeconds(60),
        Actors.ANNA,
        null,
        null);
  }

  /** It is full of one release that cannot be written, while another job is to release, too. */
  @Test
  void aJobWaitsForAWriterThatIsFull() throws SQLException {
    try (JobWorld world = new JobWorld(DATABASE, DataPaths.writerQueueBytes(4_096))) {
      world.devices(20);
      Job other = world.create(new Rollout(null, null, null, 5, 100));
      world.pass(Duration.ofSeconds(1));
      world.until(other, "waiting 15 queued 5");
      Job job;
      try (Connection connection = DATABASE.database().openOwn()) {
        connection.setAutoCommit(false);
        connection.createStatement().execute("LOCK TABLE command IN SHARE MODE");
        job = world.create(new Rollout(null, null, null, null, 10));
        JobWorld.until(() -> world.path.writer().isFull());
        assertThat(world.path.commands().accept(request(world, 1)))
            .as("nobody is let in")
            .isCompletedExceptionally();
        world.pass(Duration.ofSeconds(1));
        connection.rollback();
      }
      world.until(job, "waiting 10 queued 10");
      world.until(other, "waiting 10 queued 10");
    }
  }

  @Test
  void deletedDevicesAreSkippedOrUndeliverable() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      List<String> ids = world.devices(4);
      JobDevice first = world.connect(ids.get(0), JobWorld.SAYS_NOTHING);
      Job job = world.create(new Rollout(null, null, null, null, 2));
      world.until(job, "waiting 2 queued 1 sent 1");
      world.delete("'d2', 'd3'");
      world.until(job, "waiting 2 sent 1 undeliverable 1");
      // Nothing else happens: the row is looked at again after a while.
      world.pass(Duration.ofSeconds(10));
      world.until(job, "queued 1 sent 1 undeliverable 1 skipped 1");
      assertThat(world.jobs().devices(world.find(job.id()), State.SKIPPED, 0, 9).getFirst())
          .isEqualTo(
              new Job.DeviceLine(
                  3, "d3", State.SKIPPED, null, world.time.instant(), "the device was deleted"));
      first.answer(Outcome.SUCCEEDED);
      world.connect("d4", JobWorld.OBEYS);
      world.until(job, JobState.COMPLETED);
    }
  }

  /**
   * A device is deleted between its release and the insertion of its command: the transaction is
   * tried again, since nothing would ever end such a command for the job.
   */
  @Test
  void aDeviceThatIsDeletedWhileItIsReleasedIsSkipped() {
    DATABASE.execute(
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM nextval('tries'); DELETE FROM device WHERE key = NEW.device_key; RETURN NEW; END $$",
        "CREATE TRIGGER meanwhile BEFORE UPDATE ON job_device FOR EACH ROW"
            + " WHEN (NEW.state = 'queued') EXECUTE FUNCTION meanwhile()");
    try (JobWorld world = new JobWorld(DATABASE)) {
      world.devices(1);
      Job job = world.create(JobWorld.AT_ONCE);
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> world.sql.number("SELECT last_value FROM tries") > 1);
      DATABASE.execute("DROP TRIGGER meanwhile ON job_device", "DELETE FROM device");
      world.pass(Duration.ofSeconds(10));
      world.until(job, JobState.COMPLETED);
      assertThat(world.counts(job.id())).isEqualTo("skipped 1");
    } finally {
      DATABASE.execute("DROP FUNCTION meanwhile() CASCADE", "DROP SEQUENCE tries");
    }
  }

  /** The last one that was under way is deleted with its device. */
  @Test
  void aJobCompletesWhenTheLastDeviceIsDeleted() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      world.devices(1);
      Job job = world.create(JobWorld.AT_ONCE);
      world.until(job, "queued 1");
      assertThat(world.path.commands().waiting()).isEqualTo(1);
      world.delete("'d1'");
      assertThat(world.path.commands().waiting()).isZero();
      world.pass(Duration.ofSeconds(10));
      world.until(job, JobState.COMPLETED);
      assertThat(world.counts(job.id())).isEqualTo("undeliverable 1");
    }
  }

  @Test
  void aCommandOfAJobThatIsCancelledAloneEndsForTheJob() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      world.devices(2);
      Job job = world.create(JobWorld.AT_ONCE);
      world.until(job, "queued 2");
      Command command = world.path.commands().list(JobWorld.ofJob(job), null, 1).getFirst();
      assertThat(command.job()).isEqualTo(job.id());
      assertThat(world.path.commands().cancel(command, Actors.ANNA).join().state())
          .isEqualTo(CommandState.CANCELLED);
      world.until(job, "queued 1 cancelled 1");
    }
  }

  @Test
  void whatIsLostTooOftenIsUndeliverable() {
    try (JobWorld world = new JobWorld(DATABASE)) {
      List<String> ids = world.devices(1);
      Job job = world.create(JobWorld.AT_ONCE);
      for (int i = 0; i < Limits.DEFAULTS.commandAttempts(); i++) {
        JobDevice device = world.connect(ids.getFirst(), JobWorld.SAYS_NOTHING);
        JobWorld.until(() -> !device.commands.isEmpty());
        world.until(job, "sent 1");
        world.restart();
      }
      world.until(job, JobState.COMPLETED);
      assertThat(world.counts(job.id())).isEqualTo("undeliverable 1");
      assertThat(world.jobs().devices(world.find(job.id()), null, 0, 1).getFirst().message())
          .isEqualTo("sent 10 times and never answered");
    }
  }
}
