package io.mooring.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code hub command show, cancel, retry, list} and {@code hub job …}. */
class CommandCommandsTest {
  private static final String COMMAND =
      """
      {"id":"c1","device":"a:b","name":"set","state":"queued","why":"Queued: it waits.",\
      "changedAt":"2026-11-22T10:00:00Z","result":{"message":"no power"},\
      "transitions":[{"state":"queued","at":"2026-11-22T10:00:00Z","cause":"accepted from key ops"}]}\
      """;
  private static final String JOB =
      """
      {"id":"j1","title":"New interval","state":"paused","why":"Paused by user anna.",\
      "command":{"name":"set-interval"},\
      "counts":{"total":3,"waiting":2,"queued":0,"succeeded":1}}\
      """;

  private FakeHub hub;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private int run(String... args) {
    return Cli.run(
        Map.of("MOORING_URL", hub.url(), "MOORING_KEY", "mrk_key"),
        new PrintWriter(out),
        new PrintWriter(err),
        args);
  }

  private String asked() {
    FakeHub.Asked asked = hub.asked.getLast();
    return asked.method() + " " + asked.path() + " " + asked.body();
  }

  @Test
  void aCommandIsShownWithItsReasonAndItsWay() {
    hub.answers(200, COMMAND);
    assertThat(run("command", "show", "a:b", "c1")).isZero();
    assertThat(asked()).isEqualTo("GET /api/v1/devices/a%3Ab/commands/c1 ");
    assertThat(out.toString().lines())
        .containsExactly(
            "c1 set to a:b: queued",
            "Queued: it waits.",
            "no power",
            "AT                    STATE   CAUSE",
            "2026-11-22T10:00:00Z  queued  accepted from key ops");
    hub.answers(200, COMMAND);
    out.getBuffer().setLength(0);
    assertThat(run("command", "show", "a:b", "c1", "--json")).isZero();
    assertThat(out.toString()).startsWith("{\"id\":\"c1\"");
  }

  @Test
  void aCommandIsCancelledOrTriedAgain() {
    hub.answers(200, COMMAND);
    assertThat(run("command", "cancel", "a:b", "c1")).isZero();
    assertThat(asked()).isEqualTo("POST /api/v1/devices/a%3Ab/commands/c1/cancel {}");
    hub.answers(202, COMMAND);
    assertThat(run("command", "retry", "a:b", "c1", "--ttl", "PT1H")).isZero();
    assertThat(asked())
        .isEqualTo("POST /api/v1/devices/a%3Ab/commands/c1/retry {\"ttl\":\"PT1H\"}");
    assertThat(out.toString()).contains("Queued: it waits.");
    hub.answers(409, "{\"title\":\"The device has the command\",\"detail\":\"Wait.\"}");
    assertThat(run("command", "cancel", "a:b", "c1")).isEqualTo(1);
    assertThat(err.toString()).contains("The device has the command");
  }

  @Test
  void listsEndAtTheirLimitAndSayThatThereIsMore() {
    hub.answers(200, "{\"items\":[%s,%s],\"next\":\"n 1\"}".formatted(COMMAND, COMMAND));
    hub.answers(200, "{\"items\":[%s],\"next\":\"n2\"}".formatted(COMMAND));
    assertThat(
            run(
                "command",
                "list",
                "--device",
                "a:b",
                "--state",
                "queued",
                "--name",
                "set",
                "--job",
                "j",
                "--limit",
                "3"))
        .isZero();
    String filters = "&device=a%3Ab&state=queued&name=set&job=j";
    assertThat(hub.asked.get(0).path()).isEqualTo("/api/v1/commands?limit=3" + filters);
    assertThat(hub.asked.get(1).path())
        .isEqualTo("/api/v1/commands?limit=1" + filters + "&cursor=n%201");
    assertThat(out.toString().lines())
        .hasSize(4)
        .contains("c1       a:b     set   queued  2026-11-22T10:00:00Z");
    assertThat(err.toString()).contains("There are more than these 3: --limit N shows N.");
    assertThat(run("command", "list", "--limit", "0")).isEqualTo(2);
    assertThat(hub.asked).hasSize(2);
  }

  @Test
  void jobsAreListed() {
    hub.answers(200, "{\"items\":[" + JOB + "]}");
    assertThat(run("job", "list", "--state", "paused")).isZero();
    assertThat(asked()).isEqualTo("GET /api/v1/jobs?limit=50&state=paused ");
    assertThat(out.toString().lines())
        .containsExactly(
            "JOB  STATE   DEVICES  SUCCEEDED  COMMAND       TITLE",
            "j1   paused  3        1          set-interval  New interval");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "pause", "resume", "cancel"})
  void aJobIsShownAndSteered(String what) {
    hub.answers(200, JOB);
    assertThat(run("job", what, "j1")).isZero();
    assertThat(asked())
        .isEqualTo(
            what.equals("show") ? "GET /api/v1/jobs/j1 " : "POST /api/v1/jobs/j1/" + what + " {}");
    assertThat(out.toString().lines())
        .containsExactly(
            "j1 New interval: paused",
            "Paused by user anna.",
            "DEVICES  STATE",
            "3        total",
            "2        waiting",
            "1        succeeded");
  }
}
