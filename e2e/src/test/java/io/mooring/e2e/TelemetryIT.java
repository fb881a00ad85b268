package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readings sent are readings stored, once each, whatever is killed. */
class TelemetryIT {
  private static final int ROUNDS = 3;
  private static final int RATE = 200;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void survivesKilledHubs() {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    Sending sending = Sending.start(stage, hub, "sender", RATE, 0).awaitConnected();
    long confirmed = RATE;
    for (int round = 0; round < ROUNDS; round++) {
      int more = 1 + random.nextInt(2 * RATE);
      sending.awaitMore(more);
      confirmed += more;
      hub.kill();
      sending.confirmedAreStored();
      hub.restart();
    }
    sending.awaitMore(RATE);
    assertThat(sending.stopAndCheck()).isGreaterThanOrEqualTo(confirmed);
    assertThat(sending.process().count("state CONNECTED.*")).isGreaterThan(ROUNDS);
  }

  @Test
  void survivesKilledPostgres() {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    assertThat(hub.database().column("SHOW fsync")).containsExactly("on");
    assertThat(hub.database().column("SHOW synchronous_commit")).containsExactly("on");
    Sending sending = Sending.start(stage, hub, "sender", RATE, 0).awaitConnected();
    for (int round = 0; round < ROUNDS; round++) {
      sending.awaitMore(1 + random.nextInt(2 * RATE));
      stage.postgres().kill();
      stage.postgres().awaitRecovery();
      sending.confirmedAreStored();
    }
    sending.awaitMore(RATE);
    assertThat(sending.stopAndCheck()).isGreaterThan(RATE);
    assertThat(hub.process().isAlive()).as("the hub outlives its database").isTrue();
  }

  @Test
  void survivesBothKilledAtOnce() {
    Random random = stage.random();
    Hub hub = stage.hub(Map.of());
    Sending sending = Sending.start(stage, hub, "sender", RATE, 0).awaitConnected();
    sending.awaitMore(1 + random.nextInt(2 * RATE));
    stage.postgres().kill();
    hub.kill();
    stage.postgres().awaitRecovery();
    sending.confirmedAreStored();
    hub.restart();
    sending.awaitMore(RATE);
    sending.stopAndCheck();
  }
}
