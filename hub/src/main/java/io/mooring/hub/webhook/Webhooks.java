package io.mooring.hub.webhook;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.Once;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.ops.WebhookMetrics;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Webhooks: made, changed, looked at, and told of events. Safe for all threads. */
public final class Webhooks implements AutoCloseable {
  /** What a webhook is to be. */
  public record Draft(String name, URI url, Webhook.Filter filter) {}

  /**
   * A webhook, and how it is.
   *
   * @param pending deliveries that have not ended
   * @param dead dead letters
   * @param lastDeliveredAt when the newest event that was delivered arrived; null: none was
   */
  public record Status(
      Webhook webhook, long pending, long dead, @Nullable Instant lastDeliveredAt) {}

  /** There are as many webhooks as there may be. */
  public static final class Full extends RuntimeException {
    Full() {
      super("as many webhooks as there may be", null, false, false);
    }
  }

  /** As many tests are under way as may be. */
  public static final class Busy extends RuntimeException {
    Busy() {
      super("as many tests as there may be", null, false, false);
    }
  }

  private final WebhookConfig config;
  private final InstantSource clock;
  private final Database database;
  private final Destinations destinations;
  private final WebhookStore store;
  private final DeliveryStore deliveries;
  private final DeliveryQueries queries;
  private final WebhookClient client;
  private final Dispatcher dispatcher;
  private volatile Runnable tellOthers = () -> {};
  private final EndpointTests tests;

  /**
   * @param body what is sent of an event
   * @param random where secrets come from: a SecureRandom but in tests
   */
  public Webhooks(
      Database database,
      EventStore events,
      EventFeed feed,
      Function<Event, String> body,
      WebhookConfig config,
      InstantSource clock,
      RandomGenerator random,
      WebhookMetrics metrics) {
    this(
        database,
        events,
        feed,
        body,
        config,
        clock,
        random,
        metrics,
        // Trusts whom the JDK trusts, and only who proves the name in the URL.
        new SslContextFactory.Client());
  }

  /** The same with others whom it trusts. */
  Webhooks(
      Database database,
      EventStore events,
      EventFeed feed,
      Function<Event, String> body,
      WebhookConfig config,
      InstantSource clock,
      RandomGenerator random,
      WebhookMetrics metrics,
      SslContextFactory.Client tls) {
    this.config = config;
    this.clock = clock;
    this.database = database;
    destinations = new Destinations(config.allowPrivate());
    store = new WebhookStore(database, random);
    deliveries = new DeliveryStore(database);
    queries = new DeliveryQueries(database);
    client = new WebhookClient(destinations, clock, config.inFlight() + EndpointTests.MOST, tls);
    tests = new EndpointTests(client, deliveries, clock, random, this::changed);
    dispatcher =
        new Dispatcher(
            new WebhookTables(
                store, deliveries, queries, new EventTakeWrites(database, events, body)),
            feed,
            client,
            config,
            new RetryPlan(random),
            clock,
            metrics);
  }

  /** Takes up what a former run left. */
  public Webhooks start() {
    return start(() -> true, () -> {});
  }

  /**
   * The same where hubs share the database.
   *
   * @param leads whether this hub is the one that calls endpoints
   * @param changed tells the one that does that webhooks or deliveries have changed
   */
  public Webhooks start(BooleanSupplier leads, Runnable changed) {
    tellOthers = changed;
    dispatcher.start(leads);
    return this;
  }

  /** Another hub changed webhooks or deliveries. */
  public void changedElsewhere() {
    dispatcher.changed();
  }

  private void changed() {
    dispatcher.changed();
    tellOthers.run();
  }

  /** Where webhooks may call. */
  public Destinations destinations() {
    return destinations;
  }

  /** Deletes ended deliveries that are older than they are kept. */
  public Pruner pruner() {
    return DeliveryStore.pruner(database, clock, config.retentionDays());
  }

  /**
   * Makes one that is told of what happens from now on.
   *
   * @throws Full when there are as many as there may be
   */
  public Webhook create(Draft draft, @Nullable Once once, Actor by) {
    Webhook made =
        store.create(draft, config.most(), once, by, clock.instant()).orElseThrow(Full::new);
    changed();
    return made;
  }

  /** All of them, oldest first. */
  public List<Status> list() {
    return statuses(store.list());
  }

  /** The webhook alone, without how it gets on. */
  public Optional<Webhook> webhook(String id) {
    return store.find(id);
  }

  public Optional<Status> find(String id) {
    return store.find(id).map(this::status);
  }

  private Status status(Webhook webhook) {
    return statuses(List.of(webhook)).getFirst();
  }

  private List<Status> statuses(List<Webhook> webhooks) {
    Map<String, DeliveryQueries.Counts> counts = queries.counts();
    Map<String, Instant> last = queries.lastDelivered();
    return webhooks.stream()
        .map(
            webhook -> {
              var own = counts.getOrDefault(webhook.id(), DeliveryQueries.Counts.NONE);
              return new Status(webhook, own.pending(), own.dead(), last.get(webhook.id()));
            })
        .toList();
  }

  /**
   * Empty: there is none of this id. One that is enabled goes on where it was disabled; then, and
   * with another URL, what waits is due at once.
   *
   * @param asKnown whether a webhook of this {@link Webhook#version} is the one that is meant
   * @throws Webhook.Stale when it is not
   */
  public Optional<Status> change(
      String id, WebhookChange edit, Predicate<String> asKnown, Actor by) {
    Optional<Webhook> changed = store.change(id, edit, asKnown, by, clock.instant());
    changed();
    return changed.map(this::status);
  }

  /** The webhook with its new secret. Empty: there is none of this id. */
  public Optional<Webhook> rotateSecret(
      String id, Duration overlap, @Nullable Once once, Actor by) {
    Optional<Webhook> rotated = store.rotateSecret(id, overlap, once, by, clock.instant());
    changed();
    return rotated;
  }

  /** False: there is none of this id. Stale as for {@link #change}. */
  public boolean delete(String id, Predicate<String> asKnown, Actor by) {
    boolean deleted = store.delete(id, asKnown, by, clock.instant());
    changed();
    return deleted;
  }

  /** Newest first, from before an event; null: in whatever state. */
  public List<Delivery> deliveries(
      String id, Delivery.@Nullable State state, long before, int limit) {
    return queries.list(id, state, before, limit);
  }

  /** Makes one that has ended wait again, and one that waits due at once; false: there is none. */
  public boolean replay(String id, long event, Actor by) {
    boolean replayed = deliveries.replay(id, event, by, clock.instant());
    changed();
    return replayed;
  }

  /** Makes dead letters wait again, the oldest and no more than a queue; how many those were. */
  public int replayDead(String id, Actor by) {
    int replayed = deliveries.replayDead(id, config.queue(), by, clock.instant());
    changed();
    return replayed;
  }

  /**
   * Sends a message of type {@code test} now, whether the webhook is enabled or not, and once. When
   * it arrives, what waits is due at once.
   *
   * @throws Busy when as many are under way as may be
   */
  public CompletableFuture<Delivery.Answer> test(Webhook webhook, Actor by) {
    return tests.test(webhook, by);
  }

  /** Has all be looked at again, as after the clock was set. */
  void wake() {
    changed();
  }

  /** Starts nothing more, waits a moment for answers; what has none is sent again another time. */
  @Override
  public void close() {
    dispatcher.close();
    client.close();
  }
}
