package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
  private static final Instant FIRST = Instant.parse("2026-11-22T10:00:00Z");

  /** As if chance were always in the middle, which is no jitter. */
  private final RetryPlan even = new RetryPlan(() -> Long.MIN_VALUE);

  @Test
  void waitsLongerAndLongerForADay() {
    List<Duration> waits = new ArrayList<>();
    Instant now = FIRST;
    for (Instant next = even.next(1, FIRST, now, null);
        next != null;
        next = even.next(waits.size() + 1, FIRST, now, null)) {
      waits.add(Duration.between(now, next));
      now = next;
    }

    assertThat(waits.subList(0, 9)).isEqualTo(RetryPlan.WAITS);
    assertThat(waits.subList(9, waits.size())).allMatch(w -> w.compareTo(Duration.ofHours(6)) <= 0);
    assertThat(now).isEqualTo(FIRST.plus(RetryPlan.DAY));
  }

  @Test
  void whatFailsTogetherDoesNotComeBackTogether() {
    RetryPlan plan = new RetryPlan(new Random(7));
    List<Instant> next = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      next.add(plan.next(6, FIRST, FIRST, null));
    }

    assertThat(next).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(next)
        .allMatch(at -> !at.isBefore(FIRST.plus(Duration.ofMinutes(48))))
        .allMatch(at -> !at.isAfter(FIRST.plus(Duration.ofMinutes(72))));
  }

  @Test
  void retryAfterIsHonouredWithinBounds() {
    assertThat(even.next(1, FIRST, FIRST, 60L)).isEqualTo(FIRST.plusSeconds(60));
    assertThat(even.next(1, FIRST, FIRST, 1L)).isEqualTo(FIRST.plusSeconds(5));
    assertThat(even.next(1, FIRST, FIRST, 999_999_999L))
        .isEqualTo(FIRST.plus(RetryPlan.LONGEST_ASKED));
    Instant late = FIRST.plus(Duration.ofHours(23));
    assertThat(even.next(9, FIRST, late, 7_200L)).isEqualTo(FIRST.plus(RetryPlan.DAY));
    assertThat(even.next(9, FIRST, FIRST.plus(RetryPlan.DAY), 1L)).isNull();
  }

  @Test
  void retryAfterIsSecondsOrATime() {
    assertThat(WebhookClient.seconds("120", FIRST)).isEqualTo(120);
    assertThat(WebhookClient.seconds("Sun, 22 Nov 2026 10:01:00 GMT", FIRST)).isEqualTo(60);
    assertThat(WebhookClient.seconds("Sun, 22 Nov 2026 09:00:00 GMT", FIRST)).isZero();
    assertThat(WebhookClient.seconds("soon", FIRST)).isNull();
    assertThat(WebhookClient.seconds("-5", FIRST)).isNull();
    assertThat(WebhookClient.seconds(null, FIRST)).isNull();
  }
}
