package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The newest session wins, and what an older one does later changes nothing. */
class NewestSessionIT {
  private static final String DEVICE = "twin";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void staysUntouchedByTheLateEndOfTheOneBefore() {
    Hub hub = stage.hub(Map.of());
    String token = hub.device(DEVICE);
    Sending first = Sending.start(stage, hub, "first", DEVICE, token, 50, 0).awaitConnected();
    first.awaitMore(10);
    assertThat(hub.api().presence(DEVICE).path("epoch").asInt()).isEqualTo(1);
    first.process().pause();
    Sending second = Sending.start(stage, hub, "second", DEVICE, token, 50, 0).awaitConnected();
    second.awaitMore(10);
    isSecond(hub);

    // The hub cuts the silent first one off while the second is live …
    awaitClosed(hub);
    second.awaitMore(50);
    isSecond(hub);
    // … the first one hears of it late and stays away for ten seconds …
    first.process().resume();
    first.process().await("state WAITING .*", 1);
    second.awaitMore(50);
    isSecond(hub);
    // … and its death is nothing to the second either.
    first.process().kill();
    second.awaitMore(50);
    isSecond(hub);
    assertThat(second.process().count("state .*"))
        .as("one session from its start")
        .isEqualTo(second.process().count("state CONNECT.*"));
    assertThat(second.process().count("state CONNECTED.*")).isEqualTo(1);
  }

  private static void isSecond(Hub hub) {
    JsonNode presence = hub.api().presence(DEVICE);
    assertThat(presence.path("state").asString("")).isEqualTo("online");
    assertThat(presence.path("epoch").asInt()).isEqualTo(2);
  }

  private static void awaitClosed(Hub hub) {
    await("the first session has ended as replaced")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(
                        hub.database()
                            .column(
                                "SELECT close_code FROM session WHERE epoch = 1 AND closed_at IS NOT NULL"))
                    .containsExactly("4206"));
  }
}
