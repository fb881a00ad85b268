package io.mooring.hub.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private final SignInThrottle throttle = new SignInThrottle(Limits.DEFAULTS);

  @Test
  void closesAfterTenFailuresUntilTheWindowIsOver() {
    for (int i = 0; i < 10; i++) {
      assertThat(throttle.attempt("eve", "10.0.0.1", NOW)).isEmpty();
    }

    assertThat(throttle.attempt("eve", "10.0.0.1", NOW.plusSeconds(60)))
        .contains(Duration.ofMinutes(9));
    assertThat(throttle.attempt("EVE", "10.0.0.1", NOW)).as("any case").isPresent();
    assertThat(throttle.attempt("eve", "10.0.0.2", NOW)).as("another address").isEmpty();
    assertThat(throttle.attempt("adam", "10.0.0.1", NOW)).as("another name").isEmpty();
    assertThat(throttle.attempt("eve", "10.0.0.1", NOW.plusSeconds(600))).isEmpty();
  }

  @Test
  void oneAddressCannotTryManyNames() {
    for (int i = 0; i < 50; i++) {
      assertThat(throttle.attempt("name" + i, "10.0.0.1", NOW)).isEmpty();
    }
    assertThat(throttle.attempt("next", "10.0.0.1", NOW)).isPresent();
  }

  /** A customer of a provider has a whole network of IPv6 addresses. */
  @Test
  void addressesOfOneNetworkCountTogether() {
    for (int i = 0; i < 10; i++) {
      assertThat(throttle.attempt("eve", "2001:db8:1:2::" + i, NOW)).isEmpty();
    }
    assertThat(throttle.attempt("eve", "2001:db8:1:2:ffff::1", NOW)).isPresent();
    assertThat(throttle.attempt("eve", "[2001:db8:1:2:ffff::1]", NOW)).isPresent();
    assertThat(throttle.attempt("eve", "2001:db8:1:3::1", NOW)).isEmpty();
    assertThat(throttle.attempt("eve", "::ffff:10.0.0.1", NOW)).isEmpty();
    assertThat(throttle.attempt("eve", "a-name", NOW)).isEmpty();
  }

  @Test
  void successForgives() {
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 9; i++) {
        assertThat(throttle.attempt("eve", "10.0.0." + round, NOW)).isEmpty();
      }
      throttle.succeeded("eve", "10.0.0." + round);
      assertThat(throttle.attempt("eve", "10.0.0." + round, NOW)).isEmpty();
    }
  }

  @Test
  void whatCouldNotBeLookedAtDoesNotCount() {
    for (int i = 0; i < 100; i++) {
      assertThat(throttle.attempt("eve", "10.0.0.1", NOW)).isEmpty();
      throttle.withdraw("eve", "10.0.0.1");
    }
    assertThat(throttle.size()).isZero();
  }

  @Test
  void memoryIsBounded() {
    for (int i = 0; i < 100_000; i++) {
      throttle.attempt("eve", "address-" + i, NOW);
    }
    assertThat(throttle.size()).isLessThanOrEqualTo(10_000);
  }
}
