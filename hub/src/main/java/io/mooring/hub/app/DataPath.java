package io.mooring.hub.app;

import io.mooring.hub.admission.HandshakeGate;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.command.CommandRelay;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.DatabaseException.Kind;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Write;
import io.mooring.hub.device.TokenRotationStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.job.JobService;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.presence.LastSeenWrites;
import io.mooring.hub.presence.PresenceStore;
import io.mooring.hub.presence.PresenceWrites;
import io.mooring.hub.presence.SessionOpenWrites;
import io.mooring.hub.session.Liveness;
import io.mooring.hub.session.Returns;
import io.mooring.hub.session.Rotation;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.session.Sessions;
import io.mooring.hub.telemetry.LateHours;
import io.mooring.hub.telemetry.LayoutLink;
import io.mooring.hub.telemetry.LayoutStore;
import io.mooring.hub.telemetry.Partitions;
import io.mooring.hub.telemetry.Retention;
import io.mooring.hub.telemetry.TelemetryIntake;
import io.mooring.hub.telemetry.TelemetryWrites;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Everything between a device's socket and the database. */
public final class DataPath implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataPath.class);

  private final HubConfig config;
  private final RandomGenerator random;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sweeper").daemon().factory());
  private final RangeReads rangeReads;
  private final LiveFeed feed;
  private final LateHours lateHours = new LateHours();
  private final TelemetryWrites telemetryWrites;
  private final Retention retention;
  private final CommandService commands;
  private final JobService jobs;
  private final BatchWriter writer;
  private final Sessions sessions;
  private final KnownIds known = new KnownIds();

  private DataPath(
      HubConfig config,
      Database database,
      InstantSource clock,
      LongSupplier ticks,
      RandomGenerator random,
      Metrics metrics) {
    this.config = config;
    this.random = random;
    EventStore events = new EventStore(config.node());
    rangeReads = new RangeReads(database, config.limits().rangeReads());
    feed = new LiveFeed(rangeReads, events);
    Partitions partitions = new Partitions(clock);
    telemetryWrites = new TelemetryWrites(partitions, feed, lateHours, metrics.telemetry, ticks);
    retention = new Retention(database, clock, partitions, config.retentionDays());
    commands =
        new CommandService(
            database, rangeReads, events, feed, config.limits(), clock, random, blocking);
    jobs =
        new JobService(
            database,
            rangeReads,
            events,
            feed,
            commands,
            config.limits(),
            clock,
            random,
            blocking,
            metrics.jobs);
    writer =
        new BatchWriter(
            database::openOwn,
            kinds(events),
            config.limits().writerBatch(),
            config.limits().writerQueueBytes(),
            new WriterWatch(metrics, database.reachability()));
    Returns returns = new Returns(ticks);
    SessionRegistry registry = new SessionRegistry(returns);
    TelemetryIntake intake =
        new TelemetryIntake(
            writer, new LayoutStore(database), config.limits(), clock, metrics.telemetry);
    int left = new PresenceStore(database, events).endLeftSessions(clock.instant());
    if (left > 0) {
      LOG.info("{} sessions of a former run are marked offline", left);
    }
    CommandRelay relay = commands.start(writer);
    jobs.start(writer);
    Rotation rotation =
        new Rotation(
            registry,
            new TokenRotationStore(database, random, config.limits().deviceTokens(), known::add),
            clock,
            blocking,
            metrics);
    sessions =
        new Sessions(
            config, registry, intake, relay, rotation, writer, metrics, clock, ticks, blocking);
    sweep(new Liveness(registry, config, clock, ticks), returns, rotation);
  }

  private void sweep(Liveness liveness, Returns returns, Rotation rotation) {
    every(Duration.ofSeconds(1), liveness::sweep);
    every(Duration.ofMinutes(1), returns::sweep);
    every(Duration.ofSeconds(1), writer::watch);
    everyBlocking(Duration.ofSeconds(1), commands::sweep);
    every(Duration.ofSeconds(1), jobs::sweep);
    everyBlocking(Duration.ofSeconds(1), rotation::sweep);
  }

  /**
   * In the order of their execution within a transaction: see {@link BatchWriter}. Telemetry comes
   * before session openings, so that the position a device is told includes every batch that
   * waited, and so do changes of commands and the ends of sessions, which are fenced by a session's
   * epoch; jobs come before new commands, so that a job paused or ended releases nothing beside it.
   */
  private List<Write.Kind<?>> kinds(EventStore events) {
    List<Write.Kind<?>> kinds = new ArrayList<>();
    kinds.add(new LayoutLink.Writes());
    kinds.add(telemetryWrites);
    kinds.add(commands.changes());
    kinds.add(new PresenceWrites(events, feed));
    kinds.add(new SessionOpenWrites(config.node(), events, feed));
    kinds.add(new LastSeenWrites());
    kinds.add(jobs.kind());
    kinds.addAll(commands.kinds());
    return kinds;
  }

  /** Takes up what a former run left, and starts. The database must be migrated. */
  public static DataPath start(
      HubConfig config,
      Database database,
      InstantSource clock,
      RandomGenerator random,
      Metrics metrics) {
    return start(config, database, clock, System::nanoTime, random, metrics);
  }

  /** The same with a clock of its own for silence and timeouts. */
  static DataPath start(
      HubConfig config,
      Database database,
      InstantSource clock,
      LongSupplier ticks,
      RandomGenerator random,
      Metrics metrics) {
    DataPath path = new DataPath(config, database, clock, ticks, random, metrics);
    path.writer.start();
    return path;
  }

  /** Runs a task on the sweeper's thread again and again; it must not block for long. */
  void every(Duration period, Runnable task) {
    long ms = period.toMillis();
    var _ = sweeper.scheduleWithFixedDelay(guarded(period, task), ms, ms, TimeUnit.MILLISECONDS);
  }

  /** Runs a task that may block now, and then again and again, one run at a time. */
  void everyBlocking(Duration period, Runnable task) {
    Semaphore idle = new Semaphore(1);
    Runnable run =
        () -> {
          try {
            guarded(period, task).run();
          } finally {
            idle.release();
          }
        };
    Runnable started =
        () -> {
          if (idle.tryAcquire()) {
            blocking.execute(run);
          }
        };
    var _ = sweeper.scheduleWithFixedDelay(started, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Runnable guarded(Duration period, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // An executor drops a task that throws. That the database is away is said once, by those
        // who
        // know first.
        boolean away = e instanceof DatabaseException failed && failed.kind() == Kind.UNAVAILABLE;
        LOG.atLevel(away ? Level.DEBUG : Level.WARN)
            .log("A sweep failed and is tried again in {}: {}", period, e.toString());
      }
    };
  }

  void sweepNoMore() {
    sweeper.shutdownNow();
  }

  public Sessions sessions() {
    return sessions;
  }

  public CommandService commands() {
    return commands;
  }

  public JobService jobs() {
    return jobs;
  }

  public LiveFeed feed() {
    return feed;
  }

  public Retention retention() {
    return retention;
  }

  /** Whoever makes a credential adds its id. */
  KnownIds known() {
    return known;
  }

  public RangeReads rangeReads() {
    return rangeReads;
  }

  public BatchWriter writer() {
    return writer;
  }

  LateHours lateHours() {
    return lateHours;
  }

  public TelemetryWrites telemetryWrites() {
    return telemetryWrites;
  }

  /**
   * Takes nothing more from devices, commits and acknowledges what was taken, and sends each away
   * with its own moment to return. With the database away it gives up after the shutdown timeout.
   */
  @Override
  public void close() {
    sweepNoMore();
    sessions.registry().quiesce();
    try {
      writer.flushed().get(config.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("Not everything could be written in {}", config.shutdownTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sessions.registry().drain(returnWindow(), random);
    writer.close();
    commands.letWaitersGo();
    // What still runs there only tidies, and goes on at the next start.
    blocking.shutdownNow();
  }

  /** Long enough for all devices to come back below the handshakes a second that a node admits. */
  private Duration returnWindow() {
    int perSecond = config.limits().sockets().handshakes();
    Duration needed = HandshakeGate.window(sessions.registry().size(), perSecond);
    Duration least = config.shutdownTimeout();
    return needed.compareTo(least) > 0 ? needed : least;
  }
}
