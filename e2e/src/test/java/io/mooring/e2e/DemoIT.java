package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code bin/hub demo} as a new user starts, ends, kills and starts it again. */
class DemoIT {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void findsEverythingAgainHoweverItEnded() throws IOException {
    Path ready = stage.folder().resolve("ready.json");
    Path data = stage.dataFolder("data");

    Child demo = start("first", data, ready);
    JsonNode first = JsonMapper.shared().readTree(Files.readString(ready));
    assertThat(first.path("pid").asLong()).isEqualTo(demo.pid());
    assertThat(first.path("adminUser").asString("")).isNotBlank();
    assertThat(first.path("adminPassword").asString("")).isNotBlank();
    String device = ping(first);
    knowsWhatItSays(demo, Api.of(first), device);
    Instant begun = earliest(first, device);
    List<ProcessHandle> all = demo.descendants();
    assertThat(all).as("device and PostgreSQL").hasSizeGreaterThan(2);
    demo.terminate();
    demo.exitCode();
    awaitGone(all);
    assertThat(ready).doesNotExist();

    demo = start("second", data, ready);
    JsonNode second = JsonMapper.shared().readTree(Files.readString(ready));
    assertThat(second.path("apiKey")).isEqualTo(first.path("apiKey"));
    assertThat(second.path("adminPassword")).isEqualTo(first.path("adminPassword"));
    assertThat(ping(second)).isEqualTo(device);
    assertThat(earliest(second, device)).isEqualTo(begun);
    List<ProcessHandle> orphans = demo.descendants();
    demo.kill();
    Files.delete(ready);
    demo = startAmong(orphans, data, ready);
    JsonNode third = JsonMapper.shared().readTree(Files.readString(ready));
    assertThat(third.path("apiKey")).isEqualTo(first.path("apiKey"));
    assertThat(ping(third)).isEqualTo(device);
    assertThat(earliest(third, device)).isEqualTo(begun);
    awaitGone(orphans);
    all = demo.descendants();
    demo.terminate();
    demo.exitCode();
    awaitGone(all);
  }

  /** The orphans are nobody's children: when the start fails, only this kills them. */
  private Child startAmong(List<ProcessHandle> orphans, Path data, Path ready) {
    boolean started = false;
    try {
      Child demo = start("third", data, ready);
      started = true;
      return demo;
    } finally {
      if (!started) {
        orphans.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  private Child start(String called, Path data, Path ready) {
    Child demo =
        stage.hub(
            called,
            Map.of(),
            "demo",
            "--port",
            "0",
            "--data",
            data.toString(),
            "--ready-file",
            ready.toString());
    stage.awaitReady(demo, ready);
    return demo;
  }

  /** Sends the command of the curl line that the demo shows; returns the only device's id. */
  private static String ping(JsonNode demo) {
    Api api = Api.of(demo);
    JsonNode devices = api.get("/api/v1/devices").body().path("items");
    assertThat(devices).hasSize(1);
    String device = devices.path(0).path("id").asString("");
    Api.Answer ping = api.command(device, "ping", Map.of(), "Prefer", "wait=10");
    assertThat(ping.status()).isEqualTo(200);
    assertThat(ping.text("state")).isEqualTo("succeeded");
    return device;
  }

  /** Without a payload some are rejected, but none as unknown. */
  private static void knowsWhatItSays(Child demo, Api api, String device) {
    String known = "It knows (.*)\\.";
    demo.await(known, 1);
    String line = demo.lines().stream().filter(l -> l.matches(known)).findFirst().orElseThrow();
    List<String> names = List.of(line.replaceFirst(known, "$1").split(", | and "));
    assertThat(names).hasSizeGreaterThan(3);
    for (String name : names) {
      Api.Answer answer = api.command(device, name, Map.of(), "Prefer", "wait=10");
      assertThat(answer.text("why")).doesNotContain("unknown command");
    }
  }

  /** Time of the first reading there is. */
  private static Instant earliest(JsonNode demo, String device) {
    Api api = Api.of(demo);
    String path = "/api/v1/devices/" + device + "/telemetry";
    String metric =
        await("a reading")
            .atMost(Duration.ofMinutes(1))
            .until(
                () ->
                    api.get(path + "/latest")
                        .body()
                        .path("metrics")
                        .path(0)
                        .path("metric")
                        .asString(""),
                name -> !name.isEmpty());
    JsonNode items =
        api.get(path + "?limit=1&metric=" + metric + "&from=2020-01-01T00:00:00Z")
            .body()
            .path("items");
    return Instant.parse(items.path(0).path("time").asString(""));
  }

  private static void awaitGone(List<ProcessHandle> processes) {
    await("no process is left")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> assertThat(processes.stream().filter(ProcessHandle::isAlive)).isEmpty());
  }
}
