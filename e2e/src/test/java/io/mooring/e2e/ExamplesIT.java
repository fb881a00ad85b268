package io.mooring.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.e2e.device.RecordingDevice;
import io.mooring.e2e.harness.Api;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Stage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The integrator's examples, which must do what their guide says. */
class ExamplesIT {
  private static final String DEVICE = "pump-7";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void inPythonFollowsACommandAcrossAKilledHub() throws IOException {
    followsACommandAcrossAKilledHub("python3", "command.py");
  }

  @Test
  void inJavaScriptFollowsACommandAcrossAKilledHub() throws IOException {
    followsACommandAcrossAKilledHub("node", "command.mjs");
  }

  private void followsACommandAcrossAKilledHub(String program, String script) throws IOException {
    Hub hub = stage.hub(Map.of());
    String token = hub.device(DEVICE);
    Child example = start(hub, program, script, DEVICE, "record", "{\"n\":7}");
    example.await("queued", 1);
    hub.kill();
    hub.restart();
    Path file = stage.folder().resolve("executed.txt");
    stage.program(
        "device", RecordingDevice.class, hub.deviceVariables(token), file.toString(), "0");

    assertThat(example.exitCode()).as("%s", example.lines()).isZero();
    assertThat(example.lines())
        .filteredOn(line -> line.matches("[a-z]+"))
        .as("each event once, in order")
        .containsExactly("queued", "sent", "received", "succeeded");
    assertThat(Files.readAllLines(file)).containsExactly("{\"n\":7}");

    Child refused = start(hub, program, script, "nobody", "record", "{}");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(String.join("\n", refused.lines())).contains("refused: ", "not-found");
  }

  @Test
  void sayHowTheyAreCalled() {
    for (List<String> command :
        List.of(
            List.of("python3", "command.py"),
            List.of("node", "command.mjs"),
            List.of("python3", "webhook.py", "no-port"),
            List.of("node", "webhook.mjs", "no-port"))) {
      Child example =
          stage.other("called-" + command.get(1), example(command.toArray(String[]::new)));
      assertThat(example.exitCode()).as("%s", example.lines()).isEqualTo(2);
      assertThat(example.lines()).singleElement().asString().startsWith("usage: ");
    }
  }

  @Test
  void inPythonTakesWhatIsSignedAndOnce() {
    takesWhatIsSignedAndOnce("python3", "webhook.py");
  }

  @Test
  void inJavaScriptTakesWhatIsSignedAndOnce() {
    takesWhatIsSignedAndOnce("node", "webhook.mjs");
  }

  @Test
  void inPythonRefusesWhatIsNotSignedNow() throws Exception {
    refusesWhatIsNotSignedNow("python3", "webhook.py");
  }

  @Test
  void inJavaScriptRefusesWhatIsNotSignedNow() throws Exception {
    refusesWhatIsNotSignedNow("node", "webhook.mjs");
  }

  /** By hand, since the hub never sends such. */
  private void refusesWhatIsNotSignedNow(String program, String script) throws Exception {
    Child unset = receiver("no-secret", "whsec_", program, script, "0");
    unset.await("MOORING_WEBHOOK_SECRET is not the secret of a webhook.*", 1);
    byte[] key = new byte[32];
    new Random(1).nextBytes(key);
    String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
    Child receiver = receiver("by-hand", secret, program, script, "0");
    receiver.await("listening on \\d+", 1);
    int port = Integer.parseInt(receiver.lines().getFirst().replace("listening on ", ""));
    String body = "{\"type\":\"command\",\"device\":\"pump-7\",\"state\":\"queued\"}";
    long now = Instant.now().getEpochSecond();
    String right = signed(key, "msg_1", now, body);
    assertThat(post(port, "msg_1", now, "v1,AAAA " + right, body)).isEqualTo("204");
    assertThat(post(port, "msg_1", now, right, body)).isEqualTo("204");
    assertThat(post(port, "msg_2", now, right, body)).as("another id").isEqualTo("401");
    assertThat(post(port, "msg_1", now + 1, right, body)).as("another time").isEqualTo("401");
    assertThat(post(port, "msg_1", now, right, body + " ")).as("another body").isEqualTo("401");
    assertThat(post(port, "msg_1", now, "", body)).as("unsigned").isEqualTo("401");
    long old = now - 310;
    String stale = signed(key, "msg_3", old, body);
    assertThat(post(port, "msg_3", old, stale, body)).as("caught and kept").isEqualTo("401");
    assertThat(answer(port, "content-length: 2000000\r\n\r\n")).as("too large").isEqualTo("413");
    assertThat(receiver.count("command pump-7 queued")).isOne();
  }

  private static String signed(byte[] key, String id, long at, String body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] digest = mac.doFinal((id + "." + at + "." + body).getBytes(StandardCharsets.UTF_8));
    return "v1," + Base64.getEncoder().encodeToString(digest);
  }

  private static String post(int port, String id, long at, String signature, String body)
      throws IOException {
    return answer(
        port,
        "webhook-id: %s\r\nwebhook-timestamp: %d\r\nwebhook-signature: %s\r\ncontent-length: %d\r\n\r\n%s"
            .formatted(id, at, signature, body.length(), body));
  }

  /** The status. */
  private static String answer(int port, String rest) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      String request = "POST / HTTP/1.1\r\nhost: example\r\n" + rest;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return in.readLine().substring("HTTP/1.1 ".length()).substring(0, 3);
    }
  }

  private void takesWhatIsSignedAndOnce(String program, String script) {
    Hub hub = stage.hub(Map.of("MOORING_WEBHOOKS_ALLOW_PRIVATE", "127.0.0.1"));
    hub.device(DEVICE);
    String other = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
    Child wrong = receiver("wrong-secret", other, program, script, "0");
    wrong.await("listening on \\d+", 1);
    String port = wrong.lines().getFirst().replace("listening on ", "");

    Api.Answer webhook =
        hub.api()
            .post(
                "/api/v1/webhooks",
                Map.of(
                    "name",
                    "example",
                    "types",
                    List.of("command"),
                    "url",
                    "http://127.0.0.1:" + port + "/"));
    assertThat(webhook.status()).as("%s", webhook.body()).isEqualTo(201);
    String deliveries = "/api/v1/webhooks/" + webhook.text("id");
    assertThat(hub.api().post(deliveries + "/test", Map.of()).body().path("status").asInt())
        .isEqualTo(401);
    hub.api().command(DEVICE, "ping", Map.of());
    wrong.await("refused", 2);
    wrong.kill();
    assertThat(wrong.count("command .*")).isZero();

    String secret = stage.secret(webhook.text("secret"));
    Child right = receiver("right-secret", secret, program, script, port);
    right.await("listening on \\d+", 1);
    assertThat(hub.api().post(deliveries + "/test", Map.of()).body().path("status").asInt())
        .isEqualTo(204);
    right.await("command pump-7 queued", 1); // the hub tries again by itself
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> hub.api().get(deliveries + "/deliveries?state=succeeded").body(),
            page -> page.at("/items").size() == 1);
    String event = hub.api().get(deliveries + "/deliveries").body().at("/items/0/id").asString();
    hub.api().post(deliveries + "/deliveries/" + event + "/replay", Map.of());
    right.await("repeated .*", 1);
    assertThat(right.count("command pump-7 queued")).isOne();
    assertThat(right.count("refused")).isZero();
  }

  private Child receiver(String called, String secret, String... command) {
    ProcessBuilder receiver = example(command);
    receiver.environment().put("MOORING_WEBHOOK_SECRET", secret);
    return stage.other(called + "-" + command[0], receiver);
  }

  private Child start(Hub hub, String... command) {
    ProcessBuilder example = example(command);
    example.environment().putAll(hub.access());
    return stage.other(command[0] + "-" + command[2], example);
  }

  private ProcessBuilder example(String... command) {
    return new ProcessBuilder(List.of(command))
        .directory(stage.installation().root().resolve("docs/examples").toFile());
  }
}
