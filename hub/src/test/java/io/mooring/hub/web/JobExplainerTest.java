package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.command.JobCounts.State;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.JobState;
import io.mooring.hub.job.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobExplainerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Rollout AT_ONCE = new Rollout(null, null, null, null, 100);
  private static final Map<State, Integer> SOME =
      Map.of(State.WAITING, 5, State.SENT, 2, State.SUCCEEDED, 3);

  @Test
  void whatTheNextDeviceWaitsFor() {
    assertThat(running(AT_ONCE, SOME)).endsWith("still to be released: they follow in a moment.");
    assertThat(running(new Rollout(null, null, null, null, 2), SOME))
        .isEqualTo(
            "Running, with 5 of 10 devices still to be released: 2 under way, as many as may be.");
    assertThat(running(new Rollout(null, null, null, 7, 100), SOME)).endsWith(": 7 a second.");
    assertThat(running(new Rollout(5, null, null, null, 100), SOME))
        .endsWith(": wave 2 of 2 begins when the one before has ended, with 2 under way.");
    assertThat(running(new Rollout(5, null, Duration.ofMinutes(1), null, 100), SOME))
        .endsWith(": wave 2 of 2 begins at 2026-11-22T10:01:00Z.");
    assertThat(
            JobExplainer.why(
                job(
                    JobState.RUNNING,
                    "created by key ops",
                    new Rollout(5, null, Duration.ofMinutes(1), null, 100),
                    SOME),
                NOW.plusSeconds(60)))
        .endsWith(": wave 2 of 2 begins in a moment.");
    assertThat(running(AT_ONCE, Map.of(State.QUEUED, 2, State.FAILED, 3)))
        .isEqualTo("Running: all devices are released, with 2 of 5 still to end.");
  }

  @Test
  void howItStoppedOrEnded() {
    assertThat(explained(JobState.PAUSED, "paused by user anna", SOME))
        .isEqualTo(
            "Paused by user anna at 2026-11-22T10:00:00Z, with 5 of 10 devices still to be"
                + " released and 2 under way.");
    assertThat(explained(JobState.COMPLETED, "x", Map.of(State.SUCCEEDED, 3, State.SKIPPED, 1)))
        .isEqualTo("Completed at 2026-11-22T10:00:00Z: 3 of 4 devices succeeded.");
    assertThat(
            explained(
                JobState.CANCELLED,
                "cancelled by key ops",
                Map.of(State.FAILED, 3, State.SKIPPED, 1)))
        .isEqualTo("Cancelled by key ops at 2026-11-22T10:00:00Z, with 1 of 4 devices skipped.");
    assertThat(
            explained(JobState.ABORTED, "all failed", Map.of(State.RECEIVED, 3, State.SKIPPED, 1)))
        .isEqualTo(
            "Aborted at 2026-11-22T10:00:00Z: all failed; with 1 of 4 devices skipped and 3 under"
                + " way.");
  }

  private static String running(Rollout rollout, Map<State, Integer> counts) {
    return JobExplainer.why(job(JobState.RUNNING, "created by key ops", rollout, counts), NOW);
  }

  private static String explained(JobState state, String cause, Map<State, Integer> counts) {
    return JobExplainer.why(job(state, cause, AT_ONCE, counts), NOW);
  }

  private static Job job(
      JobState state, String cause, Rollout rollout, Map<State, Integer> counts) {
    @Nullable Instant waveAt = rollout.hasWaves() ? NOW : null;
    return new Job(
        new UUID(0, 1),
        new Job.Order(
            null,
            "set",
            "application/json",
            new byte[0],
            Duration.ofHours(1),
            null,
            rollout,
            null,
            "key:1"),
        state,
        cause,
        false,
        waveAt == null ? 0 : 1,
        waveAt,
        NOW,
        NOW,
        state.isEnded() ? NOW : null,
        new JobCounts(counts));
  }
}
