package io.mooring.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.chaos.Schedule.Kind;
import io.mooring.e2e.harness.Stage;
import io.mooring.hub.command.CommandState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Hubs, devices, PostgreSQL and connections die and freeze at random while commands flow: each
 * command has one end, was carried out at most once and in order, and everybody tells the same of
 * it.
 *
 * <p>{@code -De2e.chaos.minutes=10} makes it last (otherwise it takes {@link #SHORT}), {@code
 * -De2e.seed=17} repeats faults and callers' choices, {@code -De2e.fault=commit} plants a fault,
 * and then it must fail.
 */
@Tag("alone")
class ChaosIT {
  /** Every kind of fault comes at least once. */
  private static final Duration SHORT = Duration.ofSeconds(40);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void everythingDiesAndNothingIsLost() throws InterruptedException {
    Verdict verdict = nothingIsLost(1, Kind.ALONE);
    assertThat(verdict.redelivered()).isPositive();
  }

  /** The same with three hubs, which also lose sight of each other. */
  @Test
  void nodesDieAndArePausedAndCutOffAndNothingIsLost() throws InterruptedException {
    nothingIsLost(3, Kind.CLUSTER);
  }

  private Verdict nothingIsLost(int hubs, List<Kind> kinds) throws InterruptedException {
    try (Trial trial = new Trial(stage, hubs, Planted.chosen(), kinds, length())) {
      Verdict verdict = trial.run(PATIENCE);
      assertThat(verdict.broken()).isEmpty();
      // What never happened proves nothing.
      assertThat(verdict.ends())
          .containsKeys(CommandState.SUCCEEDED, CommandState.FAILED, CommandState.REJECTED);
      assertThat(verdict.neverSent()).as("cancelled before they were sent").isPositive();
      assertThat(verdict.struck()).containsOnlyKeys(kinds.toArray(Kind[]::new));
      assertThat(verdict.accounts().rows()).hasSizeGreaterThan(100);
      return verdict;
    }
  }

  private static Duration length() {
    String minutes = System.getProperty("e2e.chaos.minutes", "");
    return minutes.isBlank()
        ? SHORT
        : Duration.ofMillis((long) (Double.parseDouble(minutes) * 60_000));
  }
}
