package io.mooring.hub.app;

import io.mooring.hub.admission.HandshakeGate;
import io.mooring.hub.admission.KnownIds;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandRelay;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.device.TokenRotationStore;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.job.JobService;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.presence.PresenceStore;
import io.mooring.hub.presence.RollCallQueries;
import io.mooring.hub.session.Liveness;
import io.mooring.hub.session.Returns;
import io.mooring.hub.session.RollCall;
import io.mooring.hub.session.Rotation;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.session.Sessions;
import io.mooring.hub.telemetry.LateHours;
import io.mooring.hub.telemetry.LayoutStore;
import io.mooring.hub.telemetry.Partitions;
import io.mooring.hub.telemetry.Retention;
import io.mooring.hub.telemetry.TelemetryIntake;
import io.mooring.hub.telemetry.TelemetryWrites;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything between a device's socket and the database. */
public final class DataPath implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataPath.class);

  private final HubConfig config;
  private final RandomGenerator random;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final Sweeps sweeps = new Sweeps(blocking);
  private final RangeReads rangeReads;
  private final LiveFeed feed;
  private @Nullable Database feedOnly;
  private final LateHours lateHours = new LateHours();
  private final TelemetryWrites telemetryWrites;
  private final Retention retention;
  private final CommandService commands;
  private final JobService jobs;
  private final WriterWatch watch;
  private final BatchWriter writer;
  private final Sessions sessions;
  private final KnownIds known = new KnownIds();

  private DataPath(
      HubConfig config,
      Database database,
      InstantSource clock,
      LongSupplier ticks,
      RandomGenerator random,
      Metrics metrics,
      Membership membership) {
    this.config = config;
    this.random = random;
    Peers peers = membership.peers();
    EventStore events = new EventStore(config.node());
    rangeReads = new RangeReads(database, config.limits().rangeReads());
    feed = new LiveFeed(rangeReads, feedReads(database, membership), events, peers);
    Partitions partitions = new Partitions(clock);
    telemetryWrites = new TelemetryWrites(partitions, feed, lateHours, metrics.telemetry, ticks);
    retention = new Retention(database, clock, partitions, config.retentionDays());
    commands =
        new CommandService(
            database,
            rangeReads,
            events,
            feed,
            config.limits(),
            clock,
            random,
            blocking,
            membership);
    jobs = jobs(database, events, clock, metrics, peers);
    NodeLease lease = membership.lease();
    watch = new WriterWatch(metrics, database.reachability());
    writer =
        new BatchWriter(
            lease == null ? database::openOwn : () -> lease.openWriter(database),
            WriterOrder.of(events, feed, peers, telemetryWrites, commands, jobs),
            config.limits().writerBatch(),
            config.limits().writerQueueBytes(),
            watch,
            membership.isShared());
    Returns returns = new Returns(ticks);
    SessionRegistry registry = new SessionRegistry(returns);
    TelemetryIntake intake =
        new TelemetryIntake(
            writer, new LayoutStore(database), config.limits(), clock, metrics.telemetry);
    OtherHubs.endLeft(this, membership, new PresenceStore(database, events), clock);
    CommandRelay relay = commands.start(writer);
    jobs.start(writer);
    TokenRotationStore rotations =
        new TokenRotationStore(
            database, random, config.limits().deviceTokens(), OtherHubs.telling(known, peers));
    Rotation rotation = new Rotation(registry, rotations, clock, blocking, metrics);
    sessions =
        new Sessions(
            config, registry, intake, relay, rotation, writer, metrics, clock, ticks, blocking);
    sweep(new Liveness(registry, config, clock, ticks), returns, rotation);
    if (lease != null) {
      RollCall roll = new RollCall(registry, new RollCallQueries(database), relay, peers, clock);
      OtherHubs.join(this, lease, peers, new PresenceStore(database, events), roll, clock);
    }
  }

  /** Where hubs share the database, the live feed reads it too, and must not wait for charts. */
  private RangeReads feedReads(Database database, Membership membership) {
    feedOnly = membership.isShared() ? database.aside("mooring-feed") : null;
    return feedOnly == null ? rangeReads : new RangeReads(feedOnly, 2);
  }

  private JobService jobs(
      Database database, EventStore events, InstantSource clock, Metrics metrics, Peers peers) {
    return new JobService(
        database,
        rangeReads,
        events,
        feed,
        commands,
        config.limits(),
        clock,
        random,
        blocking,
        metrics.jobs,
        peers);
  }

  private void sweep(Liveness liveness, Returns returns, Rotation rotation) {
    every(Duration.ofSeconds(1), liveness::sweep);
    every(Duration.ofMinutes(1), returns::sweep);
    every(Duration.ofSeconds(1), writer::watch);
    everyBlocking(Duration.ofSeconds(1), commands::sweep);
    every(Duration.ofSeconds(1), jobs::sweep);
    everyBlocking(Duration.ofSeconds(1), rotation::sweep);
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
    Membership alone = Membership.alone(config.node());
    return start(config, database, clock, ticks, random, metrics, alone);
  }

  /** The same, perhaps as one of several. */
  static DataPath start(
      HubConfig config,
      Database database,
      InstantSource clock,
      LongSupplier ticks,
      RandomGenerator random,
      Metrics metrics,
      Membership membership) {
    DataPath path = new DataPath(config, database, clock, ticks, random, metrics, membership);
    path.writer.start();
    return path;
  }

  /** See {@link Sweeps#every}. */
  void every(Duration period, Runnable task) {
    sweeps.every(period, task);
  }

  /** See {@link Sweeps#everyBlocking}. */
  void everyBlocking(Duration period, Runnable task) {
    sweeps.everyBlocking(period, task);
  }

  void sweepNoMore() {
    sweeps.close();
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
    sessions.registry().drain(returnWindow(), random, "the hub is going down");
    writer.close();
    end();
  }

  /**
   * The same for a hub that may not write any more, as others have its devices by now: they are
   * sent away first, and what was not committed is not.
   */
  void abandon() {
    sweepNoMore();
    sessions.registry().drain(returnWindow(), random, "the hub is going down");
    writer.abandon();
    end();
  }

  private void end() {
    watch.ended();
    commands.letWaitersGo();
    feed.close();
    if (feedOnly != null) {
      feedOnly.close();
    }
    // What still runs there only tidies, and goes on at the next start.
    blocking.shutdownNow();
  }

  /** Until all are back below a node's handshakes a second; alone, this one has to start first. */
  Duration returnWindow() {
    int perSecond = config.limits().sockets().handshakes();
    Duration needed = HandshakeGate.window(sessions.registry().size(), perSecond);
    Duration least = config.cluster() == null ? config.shutdownTimeout() : Duration.ZERO;
    return needed.compareTo(least) > 0 ? needed : least;
  }
}
