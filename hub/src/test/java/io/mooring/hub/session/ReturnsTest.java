package io.mooring.hub.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReturnsTest {
  private static final long ANNAS = 1;
  private static final long BENS = 2;

  private final AtomicLong now = new AtomicLong();
  private final Returns returns = new Returns(now::get);

  private Returns.Standing came(long who, boolean replaces) {
    return returns.came(7, who, replaces);
  }

  @Test
  void aDeviceThatComesBackNowAndThenIsSteady() {
    for (int i = 0; i < 50; i++) {
      Returns.Standing standing = came(ANNAS, true);
      assertThat(standing.remark()).isEmpty();
      assertThat(standing.isNews()).isFalse();
      now.addAndGet(Duration.ofMinutes(2).toNanos());
    }
    assertThat(returns.replacedPause(7)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aBadLineIsNewsOnceAWindowAndInTheEndTooMuch() {
    int news = 0;
    for (int i = 1; i <= 61; i++) {
      Returns.Standing standing = came(ANNAS, i % 2 == 0);
      assertThat(standing.isFlapping()).isEqualTo(i >= 10);
      assertThat(standing.isContested()).isFalse();
      assertThat(standing.comesTooOften()).isEqualTo(i == 61);
      news += standing.isNews() ? 1 : 0;
      now.addAndGet(Duration.ofSeconds(5).toNanos());
    }
    assertThat(news).isEqualTo(1);
    assertThat(came(ANNAS, true).remark()).isEqualTo("; its session number 62 within 10 minutes");
    now.addAndGet(Returns.WINDOW.toNanos());
    assertThat(came(ANNAS, true).remark()).isEmpty();
  }

  @Test
  void twoThatTakeTheSessionFromEachOtherWaitLongerAndLonger() {
    assertThat(came(ANNAS, false).swings()).isZero();
    assertThat(came(BENS, true).swings()).as("a device that was replaced by a new one").isZero();
    assertThat(came(ANNAS, true).isContested()).isFalse();
    Returns.Standing second = came(BENS, true);
    assertThat(second.isContested()).isTrue();
    assertThat(second.isNews()).isTrue();
    assertThat(second.remark()).contains("two devices seem to use its token in turns, 2 times");
    assertThat(returns.replacedPause(7)).isEqualTo(Duration.ofSeconds(40));
    for (int i = 0; i < 20; i++) {
      came(i % 2 == 0 ? ANNAS : BENS, true);
    }
    assertThat(returns.replacedPause(7)).isEqualTo(Duration.ofMinutes(5));
    assertThat(returns.replacedPause(8)).as("another device").isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void oneThatMovesBetweenTwoNetworksTakesNothingFromItself() {
    for (int i = 0; i < 8; i++) {
      assertThat(came(i % 2 == 0 ? ANNAS : BENS, false).isContested()).isFalse();
    }
  }

  @Test
  void whoStaysAwayIsForgotten() {
    came(ANNAS, false);
    returns.sweep();
    assertThat(returns.size()).isEqualTo(1);
    now.addAndGet(Returns.WINDOW.toNanos() + 1);
    returns.sweep();
    assertThat(returns.size()).isZero();
  }
}
