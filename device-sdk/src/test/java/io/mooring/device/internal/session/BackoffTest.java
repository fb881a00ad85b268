package io.mooring.device.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.internal.session.Verdict.Action;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final RandomGenerator LOWEST = () -> 0L;
  private static final RandomGenerator HIGHEST = () -> -1L;

  @Test
  void doublesUpToTheCapAndStaysThere() {
    Backoff backoff = backoff(HIGHEST);
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 120, 120}) {
      assertAbout(backoff.next(verdict(Action.BACK_OFF, null)), Duration.ofSeconds(seconds));
    }
    for (int i = 0; i < 100; i++) {
      assertAbout(backoff.next(verdict(Action.BACK_OFF, null)), Duration.ofMinutes(2));
    }
  }

  @Test
  void jitterIsFull() {
    Backoff backoff = backoff(LOWEST);
    for (int i = 0; i < 10; i++) {
      assertThat(backoff.next(verdict(Action.BACK_OFF, null))).isZero();
    }
  }

  @Test
  void aStableSessionMakesTheNextFailureTheFirst() {
    Backoff backoff = backoff(HIGHEST);
    backoff.next(verdict(Action.BACK_OFF, null));
    backoff.next(verdict(Action.BACK_OFF, null));
    backoff.reset();
    assertAbout(backoff.next(verdict(Action.BACK_OFF, null)), Duration.ofSeconds(1));
  }

  @Test
  void anAssignedDelayIsTheLeastAndGetsAFifthOfJitter() {
    Duration assigned = Duration.ofSeconds(30);
    assertThat(backoff(LOWEST).next(verdict(Action.RECONNECT, assigned))).isEqualTo(assigned);
    assertAbout(backoff(HIGHEST).next(verdict(Action.RECONNECT, assigned)), Duration.ofSeconds(36));
    assertThat(backoff(LOWEST).next(verdict(Action.BACK_OFF, assigned))).isEqualTo(assigned);
  }

  @Test
  void anAssignedDelayDoesNotShortenTheOwn() {
    Backoff backoff = backoff(HIGHEST);
    for (int i = 0; i < 5; i++) {
      backoff.next(verdict(Action.BACK_OFF, null));
    }
    assertAbout(
        backoff.next(verdict(Action.BACK_OFF, Duration.ofMillis(1))), Duration.ofSeconds(32));
  }

  @Test
  void reconnectsSoonOnceAndThenBacksOff() {
    Backoff backoff = backoff(HIGHEST);
    assertAbout(backoff.next(verdict(Action.RECONNECT, null)), Duration.ofMillis(500));
    assertAbout(backoff.next(verdict(Action.RECONNECT, null)), Duration.ofSeconds(2));
    assertAbout(backoff.next(verdict(Action.RECONNECT, null)), Duration.ofSeconds(4));
  }

  /**
   * A rolling upgrade moves a device twice and more, and meets it while it is still backing off.
   */
  @Test
  void aDelayThatTheHubOrdersCountsWhateverCameBefore() {
    Backoff backoff = backoff(HIGHEST);
    for (int i = 0; i < 4; i++) {
      backoff.next(verdict(Action.BACK_OFF, null));
    }
    for (int i = 0; i < 6; i++) {
      assertAbout(
          backoff.next(verdict(Action.RECONNECT, Duration.ofSeconds(1))), Duration.ofMillis(1_200));
    }
    assertAbout(backoff.next(verdict(Action.BACK_OFF, null)), Duration.ofSeconds(16));
  }

  @Test
  void aHubThatSendsItsDevicesRoundInCirclesIsLeftAlone() {
    Backoff backoff = backoff(HIGHEST);
    Verdict move = verdict(Action.RECONNECT, Duration.ofMillis(1));
    for (int i = 0; i < 6; i++) {
      backoff.next(move);
    }
    for (long millis : new long[] {500, 2_000, 4_000, 8_000}) {
      assertAbout(backoff.next(move), Duration.ofMillis(millis));
    }
    backoff.reset();
    assertThat(backoff.next(move)).isLessThan(Duration.ofMillis(2));
  }

  @Test
  void staysAwayForAnHourOrLonger() {
    assertThat(backoff(LOWEST).next(verdict(Action.STAY_AWAY, null)))
        .isEqualTo(Duration.ofHours(1));
    assertAbout(
        backoff(HIGHEST).next(verdict(Action.STAY_AWAY, Duration.ofHours(2))),
        Duration.ofMinutes(144));
  }

  private static Backoff backoff(RandomGenerator random) {
    return new Backoff(
        new Backoff.Settings(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofHours(1)),
        random);
  }

  private static Verdict verdict(Action action, @Nullable Duration least) {
    return new Verdict(action, least, "test");
  }

  /** The highest draw is just below 1. */
  private static void assertAbout(Duration actual, Duration expected) {
    assertThat(actual).isBetween(expected.minusMillis(1), expected);
  }
}
