package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.config.Networks;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where requests go, at the moment in which they are made, and to whom. */
class WebhookAddressTest {
  @TempDir Path dir;

  /** A name says nothing: what counts is where it leads when it is called. */
  @Test
  void aNameThatLeadsInwardsIsNotCalled() {
    try (WebhookWorld world = new WebhookWorld(WebhookWorld.config(Networks.NONE, 10));
        Endpoint secret = new Endpoint()) {
      int pump = world.sql.device("pump");
      Webhook webhook =
          world.create(secret.url("localhost").replace("http:", "https:"), WebhookWorld.ALL);
      world.happens(pump, "online");
      Delivery delivery = world.attempted(webhook, 1);
      assertThat(delivery.status()).isNull();
      assertThat(delivery.answer()).contains("may not call", "127.0.0.1");
      assertThat(world.webhooks.test(webhook, Actors.ANNA).join().text()).contains("may not call");
      assertThat(secret.got()).isEmpty();
    }
  }

  /** As one that was allowed when it was written down, and is no more. */
  @Test
  void addressesAreJudgedToo() {
    try (WebhookWorld world = new WebhookWorld(WebhookWorld.config(Networks.NONE, 10));
        Endpoint secret = new Endpoint()) {
      int pump = world.sql.device("pump");
      Webhook webhook = world.create("https://example.com/", WebhookWorld.ALL);
      for (String url : new String[] {secret.url(), secret.url("localhost")}) {
        world.database.execute("UPDATE webhook SET url = '" + url + "'");
        world.webhooks.wake();
        Webhook changed = world.webhooks.find(webhook.id()).orElseThrow().webhook();
        assertThat(world.webhooks.test(changed, Actors.ANNA).join().text())
            .contains("may not call");
      }
      world.happens(pump, "online");
      assertThat(world.attempted(webhook, 1).answer()).contains("may not call");
      assertThat(secret.got()).isEmpty();
    }
  }

  @Test
  void aTestTellsWhatCameBack() {
    try (WebhookWorld world = new WebhookWorld()) {
      Webhook webhook = world.create();
      world.endpoint.answers(_ -> new Endpoint.Reply(418, Map.of(), "short and stout"));
      Delivery.Answer answer = world.webhooks.test(webhook, Actors.ANNA).join();
      assertThat(answer.status()).isEqualTo(418);
      assertThat(answer.text()).isEqualTo("short and stout");
      assertThat(world.endpoint.bodies())
          .containsExactly(
              "{\"type\":\"test\",\"at\":\"%s\",\"webhook\":\"%s\"}"
                  .formatted(world.time.instant(), webhook.id()));
      assertThat(world.endpoint.got().getFirst().header("webhook-id")).startsWith("msg_test_");
    }
  }

  @Test
  void certificatesAreVerifiedWithTheirNames() throws Exception {
    TestCertificates certificates = new TestCertificates(dir).issue("hook").issue("other");
    try (Endpoint endpoint = new Endpoint(certificates.server("hook"))) {
      assertThat(call(certificates, "hook", endpoint.url("localhost")).isGood()).isTrue();
      assertThat(call(certificates, "hook", endpoint.url("127.0.0.1")).isGood()).isTrue();
      assertThat(call(certificates, "other", endpoint.url("localhost")).text())
          .startsWith("TLS failed");
      // It is for 127.0.0.1 and localhost, and this one is neither.
      assertThat(call(certificates, "hook", endpoint.url("127.0.0.2")).text())
          .startsWith("TLS failed");
      assertThat(endpoint.got()).hasSize(2);
    }
  }

  private static Delivery.Answer call(TestCertificates certificates, String trusted, String url) {
    SslContextFactory.Client tls = new SslContextFactory.Client();
    tls.setSslContext(certificates.trusting(trusted));
    Destinations loopback = new Destinations(WebhookWorld.LOOPBACK);
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    try (WebhookClient client = new WebhookClient(loopback, clock, 4, tls)) {
      return Objects.requireNonNull(
          client
              .post(new WebhookClient.Post("w", loopback.parse(url), Map.of(), new byte[] {'1'}))
              .join());
    }
  }
}
