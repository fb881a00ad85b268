package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database refuses what webhooks write, for a while. */
class WebhookStumbleTest {
  private final WebhookWorld world = new WebhookWorld();
  private final int pump = world.sql.device("pump");
  private final Webhook webhook = world.create();

  /** Counts tries, which a sequence does also where all else is rolled back. */
  @BeforeEach
  void stone() {
    world.database.execute(
        "CREATE SEQUENCE tries",
        """
        CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'stumbled'; END $$
        """);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void stumbleOn(String what) {
    world.database.execute(
        "CREATE TRIGGER stumble BEFORE "
            + what
            + " ON webhook_delivery FOR EACH ROW EXECUTE FUNCTION stumble()");
  }

  private void awaitTries(int count) {
    await()
        .until(
            () ->
                world.sql.number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries")
                    >= count);
  }

  private void goOn() {
    world.database.execute("DROP TRIGGER stumble ON webhook_delivery");
  }

  private long position() {
    return world.sql.number("SELECT position FROM webhook");
  }

  @Test
  void aPositionMovesWithItsDeliveriesOnly() {
    long before = position();
    stumbleOn("INSERT");
    world.happens(pump, "online");
    awaitTries(2);
    assertThat(position()).isEqualTo(before);
    goOn();
    world.awaitStates(webhook, "succeeded");
    assertThat(position()).isGreaterThan(before);
    assertThat(world.endpoint.bodies()).containsExactly(WebhookWorld.text("pump", "online"));
  }

  @Test
  void anAnswerIsKeptUntilItIsWrittenDown() {
    stumbleOn("UPDATE");
    world.happens(pump, "online");
    awaitTries(2);
    assertThat(world.states(webhook)).isEqualTo("pending");
    goOn();
    world.awaitStates(webhook, "succeeded");
    assertThat(world.endpoint.got()).hasSize(1);
  }

  /**
   * As when the connection breaks while a commit is under way: the next try must not begin anew.
   */
  @Test
  void whatWasTakenThoughNobodyHeardOfItIsNotTakenAgain() {
    long event = world.isWritten(pump, "online").getFirst().id();
    world.database.execute(
        """
        INSERT INTO webhook_delivery (webhook_id, event_id, device, body, state, created_at, next_attempt_at)
        VALUES ('%s', %d, 'pump', 'taken', 'pending', now(), '2026-11-22T10:00:00Z')"""
            .formatted(webhook.id(), event),
        "UPDATE webhook SET position = " + event);
    world.happens(pump, "offline");
    world.awaitStates(webhook, "succeeded succeeded");
    assertThat(world.endpoint.bodies())
        .containsExactly("taken", WebhookWorld.text("pump", "offline"));
  }

  /** Events that go on happening do not make it try more often. */
  @Test
  void whatFailsIsNotTriedAtTheRateOfEvents() {
    long begun = System.nanoTime();
    stumbleOn("INSERT");
    for (int i = 0; i < 100; i++) {
      world.happens(pump, "s" + i);
      world.sql.number("SELECT 1");
    }
    awaitTries(2);
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    // A try stumbles over its first row.
    assertThat(world.sql.number("SELECT last_value FROM tries")).isLessThanOrEqualTo(seconds + 2);
    goOn();
    await().until(() -> world.endpoint.got().size() == 100);
  }
}
