package io.mooring.hub.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.command.JobCounts.State;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums about waves, rates and thresholds. */
class RolloutTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "10,, 25, 1:10 2:20 3:25 3",
    "25,, 25, 1:25 2:25 3:25 1",
    ", 10, 25, 1:3 2:6 3:9 9",
    ", 100, 25, 1:25 2:25 3:25 1",
    ", 1, 3, 1:1 2:2 3:3 3",
    ",, 25, 1:25 2:25 3:25 1",
    "1000000,, 1000000, 1:1000000 2:1000000 3:1000000 1",
  })
  void wavesEndAtTheirPlaces(Integer size, Integer percent, int total, String wanted) {
    Rollout rollout = new Rollout(size, percent, null, null, 1);
    assertThat(
            "1:%d 2:%d 3:%d %d"
                .formatted(
                    rollout.lastPlace(1, total),
                    rollout.lastPlace(2, total),
                    rollout.lastPlace(3, total),
                    rollout.waves(total)))
        .isEqualTo(wanted);
  }

  @Test
  void skippedDevicesDoNotHoldAWaveUp() {
    Rollout rollout = new Rollout(2, null, null, null, 1);
    JobCounts one = counts(Map.of(State.WAITING, 2, State.SUCCEEDED, 1, State.SENT, 1));
    assertThat(rollout.isWaveDue(one, 1, NOW, NOW)).isFalse();
    JobCounts both = counts(Map.of(State.WAITING, 2, State.SUCCEEDED, 1, State.SKIPPED, 1));
    assertThat(rollout.isWaveDue(both, 1, NOW, NOW)).isTrue();
    assertThat(rollout.isWaveDue(both, 2, NOW, NOW)).as("there is no third").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "20, 10, 8, 2, true",
    "20, 10, 9, 1, false",
    "20, 10, 7, 2, false",
    "1, 1, 0, 1, true",
    "100, 1, 1, 1, false"
  })
  void theThresholdCountsThoseThatHaveEnded(
      int percent, int minimum, int succeeded, int failed, boolean broken) {
    JobCounts counts =
        counts(
            Map.of(
                State.SUCCEEDED,
                succeeded,
                State.EXPIRED,
                failed,
                State.WAITING,
                50,
                State.SENT,
                5,
                State.SKIPPED,
                5));
    assertThat(new AbortRule(percent, minimum).isBroken(counts)).isEqualTo(broken);
  }

  /** What expired did not fail on its device, which may never have had it. */
  @Test
  void theSentenceSaysHowTheyEnded() {
    JobCounts counts =
        counts(Map.of(State.SUCCEEDED, 7, State.EXPIRED, 2, State.FAILED, 1, State.SKIPPED, 5));
    assertThat(new AbortRule(20, 1).cause(counts))
        .isEqualTo(
            "3 of the 10 devices that have ended did not succeed (1 failed, 2 expired), and the job"
                + " is given up at 20 %");
  }

  @Test
  void whatWasCancelledHasEndedAndNotFailed() {
    JobCounts counts =
        counts(Map.of(State.CANCELLED, 3, State.REJECTED, 1, State.UNDELIVERABLE, 1));
    assertThat(counts.ended()).isEqualTo(5);
    assertThat(counts.failures()).isEqualTo(2);
  }

  @Test
  void aBucketHoldsWhatOneSecondAllows() {
    RateBucket bucket = new RateBucket(3, NOW);
    assertThat(bucket.available(NOW)).isZero();
    assertThat(bucket.available(NOW.plusMillis(700))).isEqualTo(2);
    bucket.take(2);
    assertThat(bucket.available(NOW.plusMillis(1_000))).isEqualTo(1);
    assertThat(bucket.available(NOW.plusSeconds(60))).isEqualTo(3);
    assertThat(bucket.available(NOW)).as("a clock that is set back").isEqualTo(3);
    RateBucket setBack = new RateBucket(3, NOW.plusSeconds(86_400));
    assertThat(setBack.available(NOW)).isZero();
    assertThat(setBack.available(NOW.plusSeconds(1))).as("a clock that was set back").isEqualTo(3);
    assertThat(new RateBucket(null, NOW).available(NOW)).isEqualTo(Integer.MAX_VALUE);
  }

  private static JobCounts counts(Map<State, Integer> of) {
    return new JobCounts(of);
  }
}
