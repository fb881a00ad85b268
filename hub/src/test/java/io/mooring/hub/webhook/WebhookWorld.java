package io.mooring.hub.webhook;

import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Networks;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Webhooks on a database of their own, whose events are made by the test. */
final class WebhookWorld implements AutoCloseable {
  static final Networks LOOPBACK = Networks.parse("127.0.0.0/8, ::1");
  static final Webhook.Filter ALL =
      new Webhook.Filter(Set.copyOf(Webhook.TYPES), Set.of(), Map.of());

  final TestDatabase database = TestDatabase.create();
  final Sql sql = new Sql(database);
  final FakeTime time = new FakeTime(Instant.parse("2026-11-22T10:00:00Z"));
  final Metrics metrics = new Metrics();
  final Endpoint endpoint = new Endpoint();
  private final EventStore events = new EventStore("test");
  private final LiveFeed feed = new LiveFeed(new RangeReads(database.database(), 2), events);
  private final WebhookConfig config;
  Webhooks webhooks;

  WebhookWorld() {
    this(config(LOOPBACK, 1_000));
  }

  WebhookWorld(WebhookConfig config) {
    this.config = config;
    webhooks = start(new SslContextFactory.Client());
  }

  static WebhookConfig config(Networks allowed, int queue) {
    return new WebhookConfig(3, 4, queue, allowed, 7, Duration.ofDays(3));
  }

  Webhooks start(SslContextFactory.Client tls) {
    return new Webhooks(
            database.database(),
            events,
            feed,
            event -> text((Event.Durable) event),
            config,
            time,
            new Random(7),
            metrics.webhooks,
            tls)
        .start();
  }

  /** As if the hub were killed and started again: what is in memory is gone. */
  void restart() {
    webhooks.close();
    webhooks = start(new SslContextFactory.Client());
  }

  /** What is sent of an event here. */
  private static String text(Event.Durable event) {
    return "{\"device\":\"%s\",\"state\":\"%s\"}".formatted(event.device(), event.state());
  }

  static String text(String device, String state) {
    return "{\"device\":\"%s\",\"state\":\"%s\"}".formatted(device, state);
  }

  Webhook create(String url, Webhook.Filter filter) {
    Webhooks.Draft draft = new Webhooks.Draft("test", webhooks.destinations().parse(url), filter);
    return webhooks.create(draft, null, Actors.ANNA);
  }

  Webhook create() {
    return create(endpoint.url(), ALL);
  }

  /** Something happens, and the feed tells of it. */
  void happens(int device, String... states) {
    feed.publish(isWritten(device, states));
  }

  /** Something happens, and the hub dies before anybody is told. */
  List<Event.Durable> isWritten(int device, String... states) {
    List<EventStore.New> happened =
        List.of(states).stream()
            .map(state -> new EventStore.New(time.instant(), device, state, 1L, "test"))
            .toList();
    return database.database().transaction(c -> events.append(c, happened));
  }

  /** Time passes, and webhooks look at the clock. */
  void pass(Duration by) {
    time.advance(by);
    webhooks.wake();
  }

  Delivery only(Webhook webhook) {
    return webhooks.deliveries(webhook.id(), null, Long.MAX_VALUE, 10).getFirst();
  }

  /** The only delivery once it has been attempted so many times. */
  Delivery attempted(Webhook webhook, int times) {
    await().until(() -> states(webhook).isEmpty() ? times == 0 : only(webhook).attempts() == times);
    return only(webhook);
  }

  void awaitStates(Webhook webhook, String states) {
    await().until(() -> states(webhook).equals(states));
  }

  /** Of all deliveries, oldest first. */
  String states(Webhook webhook) {
    return sql.text(
        "SELECT coalesce(string_agg(state, ' ' ORDER BY event_id), '') FROM webhook_delivery"
            + " WHERE webhook_id = '"
            + webhook.id()
            + "'");
  }

  @Override
  public void close() {
    endpoint.close();
    webhooks.close();
    database.close();
  }
}
