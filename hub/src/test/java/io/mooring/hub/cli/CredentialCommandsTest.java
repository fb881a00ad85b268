package io.mooring.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code hub token rotate}, {@code hub token rotations} and {@code hub enrolment-key …}. */
class CredentialCommandsTest {
  private final Map<String, String> env = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Cli.run(env, new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void rotation() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(202, "{\"devices\":2}");
      assertThat(run("token", "rotate", "a", "b")).isZero();
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"devices\":[\"a\",\"b\"]}");
      assertThat(err.toString()).contains("Asked for 2 devices");
      hub.answers(202, "{\"devices\":2}");
      assertThat(run("token", "rotate", "--tag", "site=berlin")).isZero();
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"tags\":{\"site\":\"berlin\"}}");
      hub.answers(202, "{\"devices\":9}");
      assertThat(run("token", "rotate", "--all")).isZero();
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"tags\":{}}");
      hub.answers(200, "{\"devices\":1}");
      assertThat(run("token", "rotate", "a", "--cancel")).isZero();
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/rotations/cancel");
      assertThat(err.toString()).contains("1 devices are not asked any more");
      assertThat(run("token", "rotate")).isEqualTo(Cli.USAGE);
      assertThat(run("token", "rotate", "a", "--all")).isEqualTo(Cli.USAGE);

      hub.answers(
          200,
          "{\"items\":[{\"device\":\"a\",\"state\":\"asked\",\"changedAt\":\"T\",\"handOvers\":0,"
              + "\"presence\":\"offline\"}],\"counts\":{\"asked\":1,\"done\":8}}");
      assertThat(run("token", "rotations", "--state", "open", "--tag", "k=v")).isZero();
      assertThat(hub.asked.getLast().path())
          .isEqualTo("/api/v1/rotations?limit=1000&state=open&tag=k%3Dv");
      assertThat(out.toString().lines())
          .containsExactly(
              "DEVICE  STATE  SINCE  SENT  PRESENCE", "a       asked  T      0     offline");
      assertThat(err.toString()).contains("asked 1, done 8");
    }
  }

  @Test
  void tokensOfADevice() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(201, "{\"id\":\"t1\",\"token\":\"mrd_secret\"}");
      assertThat(run("token", "create", "a", "--not-before", "2027-01-01T00:00:00Z")).isZero();
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"notBefore\":\"2027-01-01T00:00:00Z\"}");
      hub.answers(
          200,
          "{\"items\":[{\"id\":\"t1\",\"name\":\"n\",\"notBefore\":\"9999-01-01T00:00:00Z\"},"
              + "{\"id\":\"t2\",\"name\":\"n\",\"notBefore\":\"2020-01-01T00:00:00Z\",\"lastUsedAt\":\"T\"},"
              + "{\"id\":\"t3\",\"name\":\"n\",\"expiresAt\":\"2020-01-01T00:00:00Z\"},"
              + "{\"id\":\"t4\",\"name\":\"n\",\"revokedAt\":\"2020-01-01T00:00:00Z\"}]}");
      assertThat(run("token", "list", "a")).isZero();
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/devices/a/tokens");
      assertThat(out.toString().lines())
          .containsExactly(
              "TOKEN  NAME  STATE          FROM                  EXPIRES               LAST USED",
              "t1     n     not yet valid  9999-01-01T00:00:00Z  never                 never",
              "t2     n     valid          2020-01-01T00:00:00Z  never                 T",
              "t3     n     expired        -                     2020-01-01T00:00:00Z  never",
              "t4     n     revoked        -                     never                 never");
      hub.answers(200, "{\"items\":[]}");
      assertThat(run("device", "list", "--token", "t1")).isZero();
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/devices?limit=1000&token=t1");
    }
  }

  @Test
  void apiKeys() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(
          200,
          "{\"items\":[{\"id\":\"k1\",\"name\":\"ci\",\"scopes\":[\"admin\",\"devices:read\"]}]}");
      assertThat(run("key", "list")).isZero();
      assertThat(out.toString().lines())
          .containsExactly(
              "KEY  NAME  STATE  SCOPES              EXPIRES  LAST USED",
              "k1   ci    valid  admin,devices:read  never    never");
      hub.answers(204, "");
      assertThat(run("key", "revoke", "k1")).isZero();
      assertThat(hub.asked.getLast().method()).isEqualTo("DELETE");
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/keys/k1");
      assertThat(err.toString()).contains("Revoked API key k1.");
    }
  }

  @Test
  void turningDevicesOffAndDeletingThem() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(200, "{\"id\":\"a\",\"enabled\":false}");
      assertThat(run("device", "disable", "a")).isZero();
      assertThat(hub.asked.getLast().method()).isEqualTo("PATCH");
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"enabled\":false}");
      assertThat(err.toString()).contains("a is disabled.");
      hub.answers(200, "{\"id\":\"a\",\"enabled\":true}");
      assertThat(run("device", "enable", "a")).isZero();
      assertThat(hub.asked.getLast().body()).isEqualTo("{\"enabled\":true}");
      int before = hub.asked.size();
      assertThat(run("device", "delete", "a", "b")).isEqualTo(Cli.USAGE);
      assertThat(hub.asked).hasSize(before);
      hub.answers(204, "");
      assertThat(run("device", "delete", "a", "a")).isZero();
      assertThat(hub.asked.getLast().method()).isEqualTo("DELETE");
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/devices/a");
    }
  }

  @Test
  void enrolmentKeys() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      env.put("MOORING_URL", hub.url());
      env.put("MOORING_KEY", "mrk_key");
      hub.answers(201, "{\"id\":\"k1\",\"key\":\"mre_secret\"}");
      assertThat(run("enrolment-key", "create", "--name", "line 4", "--uses", "5")).isZero();
      assertThat(out.toString())
          .as("the key alone")
          .isEqualTo("mre_secret" + System.lineSeparator());
      assertThat(hub.asked.getLast().body()).contains("\"maxUses\":5", "\"name\":\"line 4\"");
      hub.answers(
          200,
          "{\"items\":[{\"id\":\"k1\",\"name\":\"line 4\",\"uses\":1,\"maxUses\":5,"
              + "\"idPrefix\":\"pump-\"}]}");
      assertThat(run("enrolment-key", "list")).isZero();
      assertThat(out.toString().lines())
          .containsExactly(
              "KEY  NAME    USES    IDS     EXPIRES  REVOKED",
              "k1   line 4  1 of 5  pump-…  never    -");
      hub.answers(204, "");
      assertThat(run("enrolment-key", "revoke", "k1")).isZero();
      assertThat(hub.asked.getLast().path()).isEqualTo("/api/v1/enrolment-keys/k1");
    }
  }
}
