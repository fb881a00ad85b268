package io.mooring.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
}
