package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Networks;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests come from 127.0.0.1, which is trusted or not. */
class TrustedProxiesTest {
  private static final String SESSION = "/api/v1/session";

  @Test
  void aTrustedProxyTellsTheScheme() {
    try (TestHub hub = behind("127.0.0.0/8")) {
      assertThat(cookie(hub, Map.of("X-Forwarded-Proto", "https"))).contains("; Secure");
      assertThat(cookie(hub, Map.of("Forwarded", "for=192.0.2.1;proto=https;by=10.0.0.1")))
          .contains("; Secure");
      assertThat(cookie(hub, Map.of("X-Forwarded-Proto", "http"))).doesNotContain("Secure");
      assertThat(cookie(hub, Map.of("X-Forwarded-Proto", "gopher"))).doesNotContain("Secure");
      // The proxy's own word counts before what it let pass.
      assertThat(cookie(hub, Map.of("X-Forwarded-For", "192.0.2.1", "Forwarded", "proto=https")))
          .doesNotContain("Secure");
    }
  }

  @Test
  void nobodyElseDoes() {
    try (TestHub hub = behind("10.0.0.0/8")) {
      assertThat(cookie(hub, Map.of("X-Forwarded-Proto", "https"))).doesNotContain("Secure");
      assertThat(cookie(hub, Map.of("Forwarded", "proto=https"))).doesNotContain("Secure");
      assertThat(cookie(hub, Map.of("X-Proxied-Https", "on"))).doesNotContain("Secure");
    }
  }

  @Test
  void aTrustedProxyTellsTheHost() {
    try (TestHub hub = behind("127.0.0.1, ::1")) {
      Api proxied =
          hub.anonymous()
              .with("X-Forwarded-Host", "hub.example")
              .with("X-Forwarded-Proto", "https")
              .with("Origin", "https://hub.example");
      String signIn = "{\"user\":\"admin\",\"password\":\"%s\"}".formatted(TestHub.PASSWORD);
      Api page = proxied.with("Cookie", proxied.post("/api/v1/session", signIn).cookie());
      String body = "{\"id\":\"a\"}";
      page.with("Origin", hub.base()).post("/api/v1/devices", body).isRefused(403, "");
      assertThat(page.post("/api/v1/devices", body).status()).isEqualTo(201);
    }
    try (TestHub hub = behind("10.0.0.0/8")) {
      hub.signedIn("admin")
          .with("X-Forwarded-Host", "evil.example")
          .with("Origin", "http://evil.example")
          .post("/api/v1/devices", "{\"id\":\"a\"}")
          .isRefused(403, "");
    }
  }

  /** Ten failures close the door of one client; whoever is taken for another comes in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "X-Forwarded-For | 192.0.2.1 | 192.0.2.2 | true",
        "X-Forwarded-For | 192.0.2.1:1000 | 192.0.2.1:1001 | false",
        "X-Forwarded-For | 2001:db8::1 | [2001:DB8:0::1]:80 | false",
        "X-Forwarded-For | 192.0.2.1, 10.0.0.9 | 192.0.2.2, 10.0.0.9 | true",
        "X-Forwarded-For | 192.0.2.8, 192.0.2.1 | 192.0.2.9, 192.0.2.1 | false",
        "X-Forwarded-For | 192.0.2.8, 192.0.2.1, 10.0.0.9 | 192.0.2.1, 10.0.0.9 | false",
        "X-Forwarded-For | unknown | nonsense | false",
        "Forwarded | for=192.0.2.1 | for=192.0.2.2 | true",
        "Forwarded | for=\"[2001:db8::1]:80\" | For=\"[2001:db8::1]\";proto=http | false",
        "Forwarded | for=192.0.2.8, for=192.0.2.1, for=10.0.0.9 | for=192.0.2.1 | false",
      })
  void aTrustedProxyTellsTheAddress(String header, String first, String second, boolean other) {
    try (TestHub hub = behind("127.0.0.1, ::1, 10.0.0.0/8")) {
      assertThat(takenForAnother(hub, header, first, second)).isEqualTo(other);
    }
  }

  @Test
  void nobodyElseTellsAnAddress() {
    try (TestHub hub = behind("10.0.0.0/8")) {
      assertThat(takenForAnother(hub, "X-Forwarded-For", "192.0.2.1", "192.0.2.2")).isFalse();
      assertThat(takenForAnother(hub, "Forwarded", "for=192.0.2.3", "for=192.0.2.4")).isFalse();
    }
  }

  private static boolean takenForAnother(TestHub hub, String header, String first, String second) {
    for (int i = 0; i < 10; i++) {
      hub.anonymous().with(header, first).post(SESSION, credentials("wrong"));
    }
    Api.Answer closed =
        hub.anonymous().with(header, first).post(SESSION, credentials(TestHub.PASSWORD));
    assertThat(closed.status()).isEqualTo(429);
    return hub.anonymous()
            .with(header, second)
            .post(SESSION, credentials(TestHub.PASSWORD))
            .status()
        == 200;
  }

  private static String cookie(TestHub hub, Map<String, String> headers) {
    Api.Answer answer = new Api(hub.base(), headers).post(SESSION, credentials(TestHub.PASSWORD));
    assertThat(answer.status()).isEqualTo(200);
    return answer.header("Set-Cookie");
  }

  private static String credentials(String password) {
    return "{\"user\":\"admin\",\"password\":\"%s\"}".formatted(password);
  }

  private static TestHub behind(String proxies) {
    return new TestHub(Limits.DEFAULTS, Networks.parse(proxies));
  }
}
