package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.hub.cluster.Bus;
import io.mooring.hub.cluster.InProcessBus;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.HubFrame;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The hub that has the device hears nothing of what others ask it for. */
class SilentHubTest {
  private static final String COMMANDS = "/api/v1/devices/pump-7/commands";

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  /** Loses all messages. */
  private record Deaf(Bus bus) implements Bus {
    @Override
    public void publish(String subject, byte[] message) {}

    @Override
    public Subscription subscribe(String subject, Consumer<byte[]> taker) {
      return bus.subscribe(subject, taker);
    }

    @Override
    public Optional<String> problem() {
      return Optional.empty();
    }

    @Override
    public void close() {
      bus.close();
    }
  }

  @Test
  void whoCancelsIsToldWhichHubDoesNotAnswer() {
    try (Deaf bus = new Deaf(new InProcessBus());
        Nodes nodes = new Nodes(DATABASE, bus, Duration.ofSeconds(10))) {
      String token = nodes.device("pump-7");
      Nodes.Node a = nodes.start("a");
      Nodes.Node b = nodes.start("b");
      try (RawDevice device = b.open(token)) {
        String id = b.api().post(COMMANDS, Map.of("name", "x"), Map.of()).get("id").asString();
        device.next(HubFrame.BodyCase.COMMAND);
        assertThatThrownBy(() -> a.api().post(COMMANDS + "/" + id + "/cancel", Map.of(), Map.of()))
            .hasMessageContaining("Hub b, which has the device's session, does not answer");
      }
    }
  }
}
