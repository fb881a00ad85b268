package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Cluster;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.NatsServer.Guard;
import io.mooring.e2e.harness.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** It makes no difference which hub a caller asks, and at which hub the device is. */
@Tag("alone")
class ClusterCommandsIT {
  private static final String DEVICE = "pump-7";

  /**
   * Seconds that a caller waits. A lost hint is made good within five: were nothing but that to
   * carry commands, some of these would end too late.
   */
  private static final String[] WAIT = {"Prefer", "wait=3"};

  private static final int JOBS = 5;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void reachTheDeviceFromEitherHub() {
    Cluster cluster = stage.cluster(2, stage.nats(Guard.NONE), Map.of());
    Hub a = cluster.node(0).hub();
    Hub b = cluster.node(1).hub();
    String token = a.device(DEVICE);
    Obeying device = stage.keep(new Obeying(DEVICE, token, b.port())).awaitConnected();
    cluster.awaitPresence(DEVICE, "online");

    waitedFor(a, device);
    inOrder(List.of(a, b), device);
    once(List.of(a, b), device);
    cancelled(a, b, device);
    aJob(a, b);

    // Not while it is connected: a cancelling may come too late for that.
    device.close();
    cluster.awaitPresence(DEVICE, "offline");
    String queued = queue(a, "never");
    String kept = queue(b, "after the break");
    Api.Answer cancel = b.api().post(path(queued) + "/cancel", Map.of());
    assertThat(cancel.text("state")).as("%s", cancel.body()).isEqualTo("cancelled");
    Obeying again = stage.keep(new Obeying(DEVICE, token, a.port())).awaitConnected();
    awaitState(b, kept, "succeeded");
    assertThat(again.executed()).containsExactly(text("after the break"));
    assertThat(a.api().get(path(queued)).text("state")).isEqualTo("cancelled");
  }

  /** The answer comes back through the hub that was asked. */
  private static void waitedFor(Hub hub, Obeying device) {
    for (int n = 1; n <= 20; n++) {
      Api.Answer answer = hub.api().command(DEVICE, "record", payload("waited " + n), WAIT);
      assertThat(answer.status()).as("%d: %s", n, answer.body()).isEqualTo(200);
      assertThat(answer.body().at("/result/payload/n").asString("")).isEqualTo("waited " + n);
    }
    assertThat(device.executed()).hasSize(20);
  }

  private static void inOrder(List<Hub> hubs, Obeying device) {
    int before = device.executed().size();
    List<String> wanted = new ArrayList<>();
    for (int n = 1; n <= 60; n++) {
      queue(hubs.get(n % hubs.size()), "ordered " + n);
      wanted.add(text("ordered " + n));
    }
    awaitExecuted(device, before + wanted.size());
    assertThat(device.executed().subList(before, before + wanted.size())).isEqualTo(wanted);
  }

  /** The same request at both, one after the other and at once. */
  private static void once(List<Hub> hubs, Obeying device) {
    int before = device.executed().size();
    for (int n = 1; n <= 10; n++) {
      String[] key = {"Idempotency-Key", "order-" + n};
      Map<String, ?> payload = payload("once " + n);
      List<CompletableFuture<Api.Answer>> asked =
          hubs.stream()
              .map(
                  hub ->
                      CompletableFuture.supplyAsync(
                          () -> hub.api().command(DEVICE, "record", payload, key)))
              .toList();
      List<String> ids = asked.stream().map(answer -> answer.join().text("id")).toList();
      assertThat(ids).doesNotContain("").containsOnly(ids.getFirst());
      Hub other = hubs.get(n % hubs.size());
      assertThat(other.api().command(DEVICE, "record", payload, key).text("id"))
          .isEqualTo(ids.getFirst());
      assertThat(other.api().command(DEVICE, "record", payload("other"), key).status())
          .isEqualTo(422);
    }
    awaitExecuted(device, before + 10);
    assertThat(device.executed()).hasSize(before + 10).doesNotContain(text("other"));
  }

  /** Whoever is told that a command is cancelled, that is so. */
  private static void cancelled(Hub a, Hub b, Obeying device) {
    List<String> told = new ArrayList<>();
    for (int n = 1; n <= 20; n++) {
      String command = queue(n % 2 == 0 ? a : b, "cancelled " + n);
      Api.Answer answer = (n % 2 == 0 ? b : a).api().post(path(command) + "/cancel", Map.of());
      assertThat(answer.status()).as("%s", answer.body()).isIn(200, 409);
      if (answer.status() == 200) {
        assertThat(answer.text("state")).isEqualTo("cancelled");
        told.add(command);
      }
    }
    // What comes after all of these has its turn after them.
    waitedFor(a, "the last of them");
    told.forEach(
        command -> assertThat(b.api().get(path(command)).text("state")).isEqualTo("cancelled"));
    assertThat(device.executed()).doesNotHaveDuplicates();
  }

  private static void waitedFor(Hub hub, String what) {
    Api.Answer answer = hub.api().command(DEVICE, "record", payload(what), WAIT);
    assertThat(answer.text("state")).as("%s", answer.body()).isEqualTo("succeeded");
  }

  /** A job reaches devices at all hubs, whichever runs it. */
  private void aJob(Hub a, Hub b) {
    List<String> ids = IntStream.rangeClosed(1, 6).mapToObj(n -> "valve-" + n).toList();
    List<Obeying> valves = new ArrayList<>();
    for (String id : ids) {
      Hub hub = valves.size() % 2 == 0 ? a : b;
      valves.add(stage.keep(new Obeying(id, hub.device(id), hub.port())));
    }
    valves.forEach(Obeying::awaitConnected);
    Map<String, ?> body =
        Map.of(
            "command", Map.of("name", "record", "payload", payload("job")),
            "target", Map.of("devices", ids));
    for (int n = 1; n <= JOBS; n++) {
      String job = "/api/v1/jobs/" + oneJob(List.of(a, b), body, "job-" + n);
      await("the job ends, as the other hub sees it")
          .atMost(Duration.ofSeconds(30))
          .until(() -> b.api().get(job).text("state").equals("completed"));
    }
    assertThat(valves)
        .allSatisfy(valve -> assertThat(valve.executed()).hasSize(JOBS).containsOnly(text("job")));
  }

  /** The same request at both, at once and later on, and another one with its key. */
  private static String oneJob(List<Hub> hubs, Map<String, ?> body, String name) {
    String[] key = {"Idempotency-Key", name};
    List<CompletableFuture<Api.Answer>> asked =
        hubs.stream()
            .map(
                hub ->
                    CompletableFuture.supplyAsync(() -> hub.api().post("/api/v1/jobs", body, key)))
            .toList();
    List<Api.Answer> answers = asked.stream().map(CompletableFuture::join).toList();
    String id = answers.getFirst().text("id");
    assertThat(answers).extracting(Api.Answer::status).containsExactlyInAnyOrder(200, 201);
    for (Hub hub : hubs) {
      Api.Answer again = hub.api().post("/api/v1/jobs", body, key);
      assertThat(again.status()).as("%s", again.body()).isEqualTo(200);
      assertThat(again.text("id")).isEqualTo(id);
      Map<String, Object> other = new HashMap<>(body);
      other.put("title", "another one");
      assertThat(hub.api().post("/api/v1/jobs", other, key).status()).isEqualTo(422);
    }
    assertThat(answers).extracting(answer -> answer.text("id")).containsOnly(id);
    return id;
  }

  private static String queue(Hub hub, String what) {
    Api.Answer answer = hub.api().command(DEVICE, "record", payload(what));
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
    return answer.text("id");
  }

  private static void awaitExecuted(Obeying device, int count) {
    await(count + " commands are executed")
        .atMost(Duration.ofSeconds(30))
        .until(() -> device.executed().size() >= count);
  }

  private static void awaitState(Hub hub, String command, String state) {
    await(command + " has " + state)
        .atMost(Duration.ofSeconds(30))
        .until(() -> hub.api().get(path(command)).text("state").equals(state));
  }

  private static Map<String, ?> payload(String what) {
    return Map.of("n", what);
  }

  private static String text(String what) {
    return "{\"n\":\"" + what + "\"}";
  }

  private static String path(String command) {
    return "/api/v1/devices/" + DEVICE + "/commands/" + command;
  }
}
