package io.mooring.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
  @TempDir Path dir;
  private FakeHub hub;
  private final Map<String, String> env = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub();
    env.put("MOORING_URL", hub.url());
    env.put("MOORING_KEY", "mrk_key");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private int run(String... args) {
    return Cli.run(env, new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void everyCommandIsFoundByItsNameAlone() {
    Surroundings here = new Surroundings(env, new PrintWriter(out), new PrintWriter(err));
    Cli.tree(here)
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(command.getCommandName()).isEqualTo(name);
              out.getBuffer().setLength(0);
              assertThat(run(name, "--help")).isZero();
              assertThat(out.toString()).startsWith("Usage: hub " + name);
            });
    assertThat(run("tokens")).isEqualTo(Cli.USAGE);
    assertThat(err.toString()).contains("token");
  }

  @Test
  void bindsListsAndRemovesCertificates() {
    hub.answers(201, "{\"fingerprint\":\"ab12\"}");
    hub.answers(200, "{\"items\":[{\"fingerprint\":\"ab12\",\"name\":\"factory\"}]}");
    hub.answers(204, "");
    assertThat(run("device", "certificate", "add", "p", "--fingerprint", "AB:12")).isZero();
    assertThat(hub.asked.getFirst().path()).isEqualTo("/api/v1/devices/p/certificates");
    assertThat(hub.asked.getFirst().body()).isEqualTo("{\"fingerprint\":\"AB:12\"}");
    assertThat(run("device", "certificate", "list", "p")).isZero();
    assertThat(out.toString()).contains("Certificate ab12 opens").contains("factory");
    assertThat(run("device", "certificate", "remove", "p", "ab12")).isZero();
    assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/devices/p/certificates/ab12");
    assertThat(run("device", "certificate", "add", "p")).isEqualTo(2);
    assertThat(run("device", "certificate", "add", "p", dir + "/none")).isEqualTo(2);
    assertThat(hub.asked).hasSize(3);
  }

  @Test
  void createsADevice() {
    hub.answers(201, "{\"id\":\"pump-7\"}");
    assertThat(run("device", "create", "pump-7", "--name", "Pump", "--tag", "site=north")).isZero();
    FakeHub.Asked asked = hub.asked.getFirst();
    assertThat(asked.method() + " " + asked.path()).isEqualTo("POST /api/v1/devices");
    assertThat(asked.key()).isEqualTo("Bearer mrk_key");
    assertThat(asked.body())
        .isEqualTo("{\"id\":\"pump-7\",\"name\":\"Pump\",\"tags\":{\"site\":\"north\"}}");
    assertThat(out.toString()).contains("Registered pump-7");
  }

  @Test
  void listsAllPagesAligned() {
    hub.answers(200, page("pump-7", "online", "\"next\":\"c 1\","));
    hub.answers(200, page("a", "never-seen", ""));
    assertThat(run("device", "list", "--state", "online", "--tag", "a=b c")).isZero();
    assertThat(hub.asked.get(0).path())
        .isEqualTo("/api/v1/devices?limit=1000&state=online&tag=a%3Db%20c");
    assertThat(hub.asked.get(1).path()).endsWith("&cursor=c%201");
    assertThat(out.toString().lines())
        .containsExactly(
            "DEVICE  STATE       SINCE  NAME  TAGS",
            "pump-7  online      -      n     site=x",
            "a       never-seen  -      n     site=x");
  }

  private static String page(String id, String state, String next) {
    return """
    {%s"items":[{"id":"%s","name":"n","tags":{"site":"x"},"presence":{"state":"%s"}}]}\
    """
        .formatted(next, id, state);
  }

  @Test
  void printsOnlyTheTokenToStandardOutput() {
    hub.answers(201, "{\"id\":\"t1\",\"token\":\"mrd_t1_secret\"}");
    assertThat(run("token", "create", "a:b", "--expires", "2027-01-01T00:00:00Z")).isZero();
    assertThat(out.toString().strip()).isEqualTo("mrd_t1_secret");
    assertThat(hub.asked.getFirst().path()).isEqualTo("/api/v1/devices/a%3Ab/tokens");
    assertThat(hub.asked.getFirst().body()).contains("2027-01-01");
  }

  @Test
  void revokesAToken() {
    hub.answers(204, "");
    assertThat(run("token", "revoke", "pump-7", "t1")).isZero();
    assertThat(hub.asked.getFirst().method()).isEqualTo("DELETE");
    assertThat(err.toString()).contains("Revoked token t1");
  }

  @Test
  void createsAKeyThroughTheHub() {
    hub.answers(201, "{\"id\":\"k\",\"key\":\"mrk_k_s\"}");
    assertThat(run("key", "create", "--name", "x", "--scope", "devices:read,admin")).isZero();
    assertThat(hub.asked.getFirst().body())
        .isEqualTo("{\"name\":\"x\",\"scopes\":[\"devices:read\",\"admin\"]}");
    assertThat(out.toString().strip()).isEqualTo("mrk_k_s");
  }

  @Test
  void showsTheOutcomeOfACommand() {
    hub.answers(
        200,
        """
        {"id":"c1","device":"pump-7","name":"ping","state":"succeeded","why":"The device answered.","result":{"payload":{"pong":1}}}\
        """);
    assertThat(run("command", "send", "pump-7", "ping", "--payload", "[1]", "--wait", "5"))
        .isZero();
    assertThat(hub.asked.getFirst().prefer()).isEqualTo("wait=5");
    assertThat(hub.asked.getFirst().body()).isEqualTo("{\"name\":\"ping\",\"payload\":[1]}");
    assertThat(out.toString())
        .contains("c1 ping to pump-7: succeeded")
        .contains("The device answered.")
        .contains("\"pong\" : 1");
  }

  @Test
  void exitCodeTellsWhetherTheCommandSucceeded() {
    String queued = "{\"id\":\"c1\",\"state\":\"queued\",\"why\":\"The device is offline.\"}";
    hub.answers(202, queued);
    assertThat(run("command", "send", "pump-7", "ping")).isZero();
    assertThat(err.toString()).isEmpty();
    hub.answers(202, queued);
    assertThat(run("command", "send", "pump-7", "ping", "--wait", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("Not ended within 1 s", "stays queued");
    hub.answers(200, "{\"id\":\"c1\",\"state\":\"failed\",\"result\":{\"message\":\"no power\"}}");
    assertThat(run("command", "send", "pump-7", "ping", "--wait", "1")).isEqualTo(1);
    assertThat(out.toString()).contains("The device is offline.").contains("no power");
  }

  @Test
  void printsProblemDetails() {
    hub.answers(
        422,
        """
        {"title":"Not valid","status":422,"detail":"Mend it.","errors":[{"pointer":"/id","detail":"too long"}]}\
        """);
    assertThat(run("device", "create", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("Not valid").contains("Mend it.").contains("/id: too long");
  }

  @Test
  void saysWhereNoHubAnswers() {
    hub.close();
    assertThat(run("device", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("No hub answers at " + hub.url()).contains("--url");
  }

  @Test
  void takesTheKeyFromAFileFirst() throws IOException {
    Path file = Files.writeString(dir.resolve("key"), "mrk_file\n");
    hub.answers(200, "{\"items\":[]}");
    assertThat(run("device", "list", "--key-file", file.toString())).isZero();
    assertThat(hub.asked.getFirst().key()).isEqualTo("Bearer mrk_file");
  }

  @Test
  void wrongUsageEndsWithTwoAndAsksNobody() {
    env.remove("MOORING_KEY");
    assertThat(run("device", "list")).isEqualTo(2);
    assertThat(err.toString()).contains("An API key is needed").contains("hub demo prints one");
    env.put("MOORING_KEY", "k");
    assertThat(run("command", "send", "a", "b", "--wait", "61")).isEqualTo(2);
    assertThat(run("command", "send", "a", "b", "--payload", "{")).isEqualTo(2);
    assertThat(run("device", "list", "--url", "ftp://x")).isEqualTo(2);
    assertThat(run("device", "lst")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(hub.asked).isEmpty();
  }

  /** Every option it needs is there: what is wrong is only the setting, so nothing is started. */
  @Test
  void theHintForTheFirstKeyCanBePasted() {
    env.remove("MOORING_KEY");
    assertThat(run("device", "list")).isEqualTo(2);
    Matcher hint = Pattern.compile("with: hub (key create .* --data DIR);").matcher(err.toString());
    assertThat(hint.find()).as(err.toString()).isTrue();
    env.remove("MOORING_URL");
    env.put("MOORING_LISTEN_PORT", "x");
    assertThat(run(hint.group(1).split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).contains("listen.port").doesNotContain("Missing");
  }

  @Test
  void checkConfigShowsSettingsOrProblems() throws IOException {
    Path file = Files.writeString(dir.resolve("c.properties"), "database.url=jdbc:postgresql:x\n");
    env.put("MOORING_CONFIG", file.toString());
    env.put("MOORING_DATABASE_PASSWORD", "s3cret");
    assertThat(run("check-config")).isZero();
    assertThat(out.toString())
        .containsPattern("database.url +jdbc:postgresql:x +file ")
        .containsPattern("database.password +\\*{8} +environment MOORING_DATABASE_PASSWORD")
        .doesNotContain("s3cret");
    env.put("MOORING_LISTEN_PORT", "x");
    env.put("MOORING_LIMITS_LAYOUTS", "0");
    assertThat(run("check-config")).isEqualTo(2);
    assertThat(err.toString()).contains("listen.port").contains("limits.layouts");
  }

  @Test
  void filesForTlsAreReadBeforeAnythingStarts() throws IOException {
    Path file = Files.writeString(dir.resolve("hub.crt"), "no certificate");
    env.put("MOORING_TLS_CERTIFICATE_FILE", file.toString());
    assertThat(run("check-config")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "tls.certificate-file: is set, but tls.key-file is not; TLS needs both");
    env.put("MOORING_TLS_KEY_FILE", file.toString());
    for (String command : new String[] {"check-config", "serve"}) {
      err.getBuffer().setLength(0);
      assertThat(run(command)).isEqualTo(2);
      assertThat(err.toString()).startsWith(file + " holds no certificate");
    }
    err.getBuffer().setLength(0);
    assertThat(run("demo", "--data", dir.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("plain HTTP").contains("hub serve");
  }

  @Test
  void anUnreachableDatabaseIsNamedWithoutItsPassword() {
    env.put("MOORING_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/m?password=s3cret");
    assertThat(run("migrate")).isEqualTo(1);
    assertThat(err.toString())
        .contains("The database cannot be reached")
        .contains("database.url=jdbc:postgresql://127.0.0.1:1/m?password=********")
        .doesNotContain("s3cret");
    err.getBuffer().setLength(0);
    env.put("MOORING_DATABASE_URL", "jdbc:postgresql://127.0.0.1:none/m?password=s3cret");
    assertThat(run("migrate")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot be reached").doesNotContain("s3cret");
  }

  @Test
  void aTakenPortIsNamedBeforeAnythingStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("demo", "--port", port, "--data", dir.toString())).isEqualTo(1);
      assertThat(err.toString()).contains("Port " + port).contains("--port");
      assertThat(dir).isEmptyDirectory();
    }
  }

  @Test
  void welcomeHoldsACommandToPaste() {
    String text =
        DemoCommand.text(
            new Demo.Welcome(URI.create("http://127.0.0.1:7070/"), "box", "admin", "pw", "mrk_1"),
            Path.of("d"));
    assertThat(text)
        .contains("curl -sS http://127.0.0.1:7070/api/v1/devices/box/commands")
        .contains("'Authorization: Bearer mrk_1'")
        .contains("'Prefer: wait=10'")
        .contains("admin / pw");
  }
}
