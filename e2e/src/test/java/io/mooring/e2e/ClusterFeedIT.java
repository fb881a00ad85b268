package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Feed;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The feed of any hub tells of the whole fleet, in one order, and goes on at another hub where it
 * broke off.
 */
@Tag("alone")
class ClusterFeedIT {
  private static final int DEVICES = 6;
  private static final int COMMANDS = 40;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nothingIsLostOrRepeatedWhenItsHubIsKilled() {
    Cluster cluster = stage.cluster(3, stage.nats(Guard.NONE), Map.of());
    Hub a = cluster.node(0).hub();
    Hub b = cluster.node(1).hub();
    Hub c = cluster.node(2).hub();
    AtomicReference<Hub> from = new AtomicReference<>(a);
    Feed moving = a.feed(from::get);
    Feed staying = c.feed();

    List<Obeying> devices = new ArrayList<>();
    for (int n = 1; n <= DEVICES; n++) {
      String id = "device-" + n;
      Hub hub = n % 2 == 0 ? b : c;
      devices.add(stage.keep(new Obeying(id, a.device(id), hub.port())));
    }
    devices.forEach(Obeying::awaitConnected);
    await("the feed of one hub tells of the devices at the others")
        .atMost(Cluster.PATIENCE)
        .until(() -> count(moving, "presence") >= DEVICES);
    telemetry(a, devices.getFirst());

    // All hubs write events at the same time, so some are committed in another order than begun.
    send(List.of(a, b, c), 1);
    int before = moving.ids().size();
    assertThat(before).isPositive();
    from.set(c);
    a.kill();
    send(List.of(b, c), 2);
    from.set(b);

    String wanted = "SELECT id FROM event ORDER BY id";
    String open = "SELECT id FROM command WHERE state IN ('queued', 'sent', 'received')";
    await("all commands have ended")
        .atMost(Cluster.PATIENCE)
        .until(() -> cluster.database().column(open).isEmpty());
    for (Feed feed : List.of(moving, staying)) {
      await("the feed has everything")
          .atMost(Cluster.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(feed.ids())
                      .containsExactlyElementsOf(
                          cluster.database().column(wanted).stream().map(Long::valueOf).toList()));
    }
    assertThat(moving.breaks()).as("it was cut off").isPositive();
  }

  /** Values as they come, from a device at another hub. */
  private void telemetry(Hub hub, Obeying device) {
    Feed live = hub.feed("?type=telemetry&device=" + device.id());
    await("its readings come")
        .atMost(Cluster.PATIENCE)
        .until(
            () -> {
              device.measure();
              return count(live, "telemetry") >= 5;
            });
    live.close();
  }

  private static void send(List<Hub> hubs, int round) {
    List<Thread> callers = new ArrayList<>();
    for (Hub hub : hubs) {
      callers.add(
          Thread.startVirtualThread(
              () -> {
                for (int n = 0; n < COMMANDS; n++) {
                  String device = "device-" + (1 + n % DEVICES);
                  hub.api().command(device, "record", Map.of("round", round, "n", n));
                }
              }));
    }
    for (Thread caller : callers) {
      try {
        assertThat(caller.join(Cluster.PATIENCE)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static long count(Feed feed, String type) {
    return feed.events().stream()
        .filter(event -> event.path("type").asString("").equals(type))
        .count();
  }
}
