package io.mooring.hub.webhook;

import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.DatabaseException.Kind;
import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import io.mooring.hub.ops.WebhookMetrics;
import io.mooring.hub.webhook.Delivery.Attempted;
import io.mooring.hub.webhook.DeliveryStore.Verdict;
import io.mooring.hub.webhook.EventTakeWrites.Wanting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Does the work of all webhooks on one thread: takes events, starts attempts, writes down how they
 * ended. Whatever wakes it only says that there may be something to do; all it knows is in the
 * tables. While there are no webhooks it follows nothing and asks for nothing.
 */
final class Dispatcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** Deliveries read at a time. */
  private static final int DUE = 100;

  /** How long an ordered shutdown waits for answers: what has none by then is sent again. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final WebhookTables tables;
  private final EventFeed feed;
  private final WebhookClient client;
  private final WebhookConfig config;
  private final RetryPlan plan;
  private final InstantSource clock;
  private final WebhookMetrics metrics;

  private final Thread thread = Thread.ofVirtual().name("webhooks").unstarted(this::run);
  private final Semaphore work = new Semaphore(0);
  private final AtomicBoolean happened = new AtomicBoolean();
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private final Queue<Judgement.Ended> ended = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile BooleanSupplier leads = () -> true;

  // The thread's own.
  private final Lanes lanes = new Lanes();
  private final List<Judgement.Ended> unwritten = new ArrayList<>();
  private EventFeed.@Nullable Subscription subscription;

  Dispatcher(
      WebhookTables tables,
      EventFeed feed,
      WebhookClient client,
      WebhookConfig config,
      RetryPlan plan,
      InstantSource clock,
      WebhookMetrics metrics) {
    this.tables = tables;
    this.feed = feed;
    this.client = client;
    this.config = config;
    this.plan = plan;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Begins.
   *
   * @param leads whether this hub does the work; else another on the same database does
   */
  void start(BooleanSupplier leads) {
    this.leads = leads;
    thread.start();
  }

  /** Somebody changed webhooks or deliveries in the tables; or all is to be looked at again. */
  void changed() {
    changed.set(true);
    work.release();
  }

  /** Called for each event on the thread that acknowledges: as a rule it is one look at a flag. */
  private void on(Event event) {
    if (event instanceof Event.Durable && !happened.get() && happened.compareAndSet(false, true)) {
      work.release();
    }
  }

  private void run() {
    boolean more = false;
    while (closing.getCount() > 0) {
      try {
        if (!more) {
          var _ = work.tryAcquire(1, TimeUnit.SECONDS);
        }
        var _ = work.drainPermits();
        more = round();
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        more = false;
        // A transaction may have been committed all the same.
        changed.set(true);
        if (!paused(e)) {
          return;
        }
      }
    }
    finish();
  }

  /** Waits a second whatever happens meanwhile, as it is likely to fail again; false: no more. */
  private boolean paused(RuntimeException why) {
    // That the database is away is said once, by those who know first.
    boolean away = why instanceof DatabaseException f && f.kind() == Kind.UNAVAILABLE;
    LOG.atLevel(away ? Level.DEBUG : Level.WARN).log("Webhooks wait a second: {}", why.toString());
    try {
      var _ = closing.await(1, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  /** What waits for its turn is done; true: there is more. */
  private boolean round() {
    Instant now = clock.instant();
    writeDown(now);
    if (!leads.getAsBoolean()) {
      rest();
      return false;
    }
    loadChanges();
    if (happened.getAndSet(false)) {
      lanes.all().forEach(Lane::wake);
    }
    boolean more = takeEvents(now);
    // An event that came after a change is sent by what was changed, such as both secrets.
    loadChanges();
    lanes.all().forEach(lane -> startAttempts(lane, now));
    metrics.now(lanes.figures(config.queue()));
    return more;
  }

  /** Another hub does the work. */
  private void rest() {
    changed.set(true);
    unfollow();
    lanes.refresh(List.of(), Map.of());
  }

  private void loadChanges() {
    if (!changed.getAndSet(false)) {
      return;
    }
    lanes.refresh(tables.webhooks().list(), tables.queries().counts());
    if (lanes.isEmpty()) {
      unfollow();
    } else if (subscription == null) {
      subscription = feed.subscribe(Set.of(), false, null, this::on);
    }
  }

  private void unfollow() {
    EventFeed.Subscription following = subscription;
    if (following != null) {
      following.close();
      subscription = null;
    }
  }

  private boolean takeEvents(Instant now) {
    boolean more = false;
    for (Map.Entry<Long, List<Wanting>> group : lanes.wanting(config.queue()).entrySet()) {
      List<EventTakeWrites.Taken> all = tables.events().take(group.getKey(), group.getValue(), now);
      for (EventTakeWrites.Taken taken : all) {
        Lane lane = lanes.of(taken.webhook());
        if (lane != null) {
          lane.took(taken);
          more |= lane.room(config.queue()) > 0;
        }
      }
      if (all.size() < group.getValue().size()) {
        changed.set(true);
      }
    }
    return more;
  }

  private void startAttempts(Lane lane, Instant now) {
    while (lane.mayAttempt(now, config.inFlight())) {
      if (lane.wantsDue(now)) {
        String id = lane.webhook().id();
        lane.isDue(tables.deliveries().due(id, lane.underWay().keySet(), now, DUE));
        if (lane.wantsDue(now)) {
          lane.lookAt(tables.deliveries().nextDue(id, lane.underWay().keySet()));
        }
      }
      Delivery.Due due = lane.take();
      if (due == null) {
        return;
      }
      attempt(lane, due, now);
    }
  }

  private void attempt(Lane lane, Delivery.Due due, Instant now) {
    Webhook webhook = lane.webhook();
    // An event's message has the same id whenever it is sent, so that it can be told from others.
    String message = "msg_" + webhook.id() + "_" + due.event();
    WebhookClient.Post post = WebhookClient.Post.of(webhook, message, now, due.body());
    var _ =
        client
            .post(post)
            .thenAccept(
                answer -> {
                  ended.add(new Judgement.Ended(lane, due, post.url(), answer));
                  work.release();
                });
  }

  /** What was not written down before stays for another try. */
  private void writeDown(Instant now) {
    for (Judgement.Ended one = ended.poll(); one != null; one = ended.poll()) {
      unwritten.add(one);
    }
    if (unwritten.isEmpty()) {
      return;
    }
    Judgement judgement = Judgement.of(unwritten, plan, config.disableAfter(), now);
    tables.deliveries().record(judgement.attempts(), judgement.verdicts(), now);
    for (int i = 0; i < unwritten.size(); i++) {
      Attempted attempt = judgement.attempts().get(i);
      unwritten.get(i).lane().attempted(attempt);
      metrics.attempted(attempt.answer().isGood(), attempt.state() == Delivery.State.DEAD);
    }
    unwritten.clear();
    judgement.verdicts().forEach(this::told);
  }

  private void told(Verdict verdict) {
    Lane lane = lanes.of(verdict.webhook().id());
    if (lane != null) {
      lane.failingSince(verdict.failingSince());
    }
    if (verdict.disabled() != null) {
      LOG.warn("{} is disabled: {}", verdict.webhook().label(), verdict.disabled().text());
    }
    if (verdict.disabled() != null || verdict.back()) {
      changed.set(true);
    }
  }

  /** Writes down the answers that come within a moment. */
  private void finish() {
    unfollow();
    long end = System.nanoTime() + LAST_ANSWERS.toNanos();
    try {
      while (lanes.anyUnderWay() && System.nanoTime() < end) {
        var _ = work.tryAcquire(100, TimeUnit.MILLISECONDS);
        writeDown(clock.instant());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("The last answers to webhooks are not written down", e);
    }
  }

  /** Starts nothing more; waits a little for answers. */
  @Override
  public void close() {
    closing.countDown();
    work.release();
    try {
      if (!thread.join(LAST_ANSWERS.plusSeconds(3))) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
