package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import io.mooring.hub.db.Database;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The connection breaks within a transaction of a job: before its COMMIT, so that it is gone, or
 * after, so that it counts and the hub has not been told.
 */
class JobUnknownOutcomeTest {
  private static final Rollout FIVE_A_SECOND = new Rollout(null, null, null, 5, 100);

  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  private final CutProxy proxy = new CutProxy("127.0.0.1", DATABASE.port());
  private final Database through = DATABASE.through(proxy.port());
  private final JobWorld world = new JobWorld(DATABASE, through, Limits.DEFAULTS);

  @AfterEach
  void close() {
    world.close();
    through.close();
    proxy.close();
  }

  /** UPDATE is the answer to the first statement, the mark; INSERT is that to the commands. */
  @ParameterizedTest
  @ValueSource(strings = {"UPDATE", "INSERT", "COMMIT"})
  void whatIsReleasedIsReleasedOnce(String unanswered) {
    world.devices(12);
    Job job = world.create(FIVE_A_SECOND);
    proxy.loseNextAnswerTo(unanswered);
    world.pass(Duration.ofSeconds(1));
    world.until(job, "waiting 7 queued 5");
    assertThat(proxy.answersLost()).isEqualTo(1);
    // What the run of the job knows is right, too: the rest follows, and no more.
    JobWorld.until(
        () -> {
          world.pass(Duration.ofSeconds(1));
          return world.counts(job.id()).equals("queued 12");
        });
    world.assertCounted();
    assertThat(world.path.commands().waiting()).isEqualTo(12);
    world.connectAll(world.devices(job, null), JobWorld.OBEYS);
    world.until(job, JobState.COMPLETED);
    assertThat(world.counts(job.id())).isEqualTo("succeeded 12");
    assertThat(events("state = 'queued'")).isEqualTo(12);
  }

  @Test
  void whatIsCancelledIsCancelledOnce() {
    world.devices(5);
    Job job = world.create(JobWorld.AT_ONCE);
    world.until(job, "queued 5");
    proxy.loseNextAnswerTo("COMMIT");
    CompletableFuture<Optional<Job>> cancelled = world.jobs().cancel(job.id(), Actors.ANNA);
    JobWorld.until(() -> proxy.answersLost() == 1);
    assertThat(cancelled.join().orElseThrow().state()).isEqualTo(JobState.CANCELLED);
    world.until(job, "cancelled 5");
    JobWorld.until(() -> !world.find(job.id()).cancelling());
    assertThat(events("state = 'cancelled' AND type = 'job'")).isEqualTo(1);
    assertThat(events("state = 'cancelled' AND type = 'command'")).isEqualTo(5);
    assertThat(world.path.commands().waiting()).isZero();
  }

  @Test
  void aChangeIsToldOnce() {
    world.devices(2);
    Job job = world.create(FIVE_A_SECOND);
    proxy.loseNextAnswerTo("COMMIT");
    Job paused = world.jobs().pause(job.id(), Actors.ANNA).join().orElseThrow();
    assertThat(paused.state()).isEqualTo(JobState.PAUSED);
    assertThat(proxy.answersLost()).isEqualTo(1);
    world.pass(Duration.ofSeconds(1));
    world.path.writer().flushed().join();
    assertThat(world.counts(job.id())).isEqualTo("waiting 2");
    assertThat(events("state = 'paused'")).isEqualTo(1);
  }

  private long events(String where) {
    return world.sql.number("SELECT count(*) FROM event WHERE " + where);
  }
}
