package io.mooring.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The judge of {@link ChaosIT} condemns what breaks a promise. */
@Tag("alone")
class PlantedFaultsIT {
  private static final Duration LENGTH = Duration.ofSeconds(6);

  /** What has no end by then will have none. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void aCommitThatIsNotOnDisk() throws InterruptedException {
    isFound(Planted.COMMIT, LENGTH);
  }

  @Test
  void aDeviceThatForgetsItsStore() throws InterruptedException {
    isFound(Planted.JOURNAL, LENGTH.multipliedBy(3));
  }

  @Test
  void commandsThatChangePlaces() throws InterruptedException {
    isFound(Planted.ORDER, LENGTH);
  }

  @Test
  void anAnswerThatIsChangedOnItsWay() throws InterruptedException {
    isFound(Planted.RESULT, LENGTH);
  }

  @Test
  void aCommandThatWasSentAndDoesNotSaySo() throws InterruptedException {
    isFound(Planted.ATTEMPTS, LENGTH.multipliedBy(2));
  }

  @Test
  void aPresenceThatLies() throws InterruptedException {
    isFound(Planted.PRESENCE, LENGTH.dividedBy(2));
  }

  private void isFound(Planted planted, Duration length) throws InterruptedException {
    try (Trial trial = new Trial(stage, 1, planted, List.of(planted.shownBy()), length)) {
      Verdict verdict = trial.run(PATIENCE);
      assertThat(verdict.breaks(planted.broken()))
          .as("%s breaks %s, and what was found is:%s", planted, planted.broken(), verdict.broken())
          .isTrue();
    }
  }
}
