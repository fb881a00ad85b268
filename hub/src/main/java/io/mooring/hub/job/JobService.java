package io.mooring.hub.job;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.cluster.Bus;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.command.CommandIds;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.command.JobCounts;
import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Pruner;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.ops.JobMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs from request to report. Costs nothing while no job is unfinished. */
public final class JobService {
  private static final Logger LOG = LoggerFactory.getLogger(JobService.class);

  private static final String TOPIC = "job.";

  /** How long a request may wait while others are being prepared. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Peers peers;
  private final JobOwnerStore owners;
  private final JobStore store;
  private final JobCreationStore creation;
  private final CommandService commands;
  private final Limits limits;
  private final InstantSource clock;
  private final CommandIds ids;
  private final Executor executor;
  private final JobChangeWrites writes;
  private final Map<UUID, JobRun> runs = new ConcurrentHashMap<>();

  /** By which other nodes say that a job has changed. */
  private final Map<UUID, Bus.Subscription> news = new ConcurrentHashMap<>();

  private final JobFigures figures;

  /** One at a time, so that there are never more unfinished jobs than there may be. */
  private final ReentrantLock creating = new ReentrantLock();

  // Set by start: the writer is made with this service's kind.
  private @Nullable BatchWriter writer;

  /**
   * @param executor runs what may block
   */
  public JobService(
      Database database,
      RangeReads ranges,
      EventStore events,
      LiveFeed feed,
      CommandService commands,
      Limits limits,
      InstantSource clock,
      RandomGenerator random,
      Executor executor,
      JobMetrics metrics,
      Peers peers) {
    this.peers = peers;
    this.owners = new JobOwnerStore(database, peers.node());
    this.store = new JobStore(database, ranges);
    this.creation =
        new JobCreationStore(database, limits.jobDevices(), peers.exist() ? peers.node() : null);
    this.commands = commands;
    this.limits = limits;
    this.clock = clock;
    this.ids = new CommandIds(clock, random);
    this.executor = executor;
    this.figures = new JobFigures(metrics, runs.values());
    this.writes = new JobChangeWrites(events, feed, this::changed);
  }

  /** How this package's writes are carried out: before those of commands. */
  public Write.Kind<?> kind() {
    return writes;
  }

  /** Delete ended jobs that are older than they are kept, one after the other. */
  public static List<Pruner> pruners(Database database, InstantSource clock, int days) {
    return List.of(
        new Pruner(database, clock, "devices of jobs", JobStore.PRUNE_DEVICES, days),
        new Pruner(database, clock, "ended jobs", JobStore.PRUNE, days));
  }

  /** Goes on where a former run of the hub was ended. */
  public void start(BatchWriter started) {
    writer = started;
    commands.onJobs(this::counted);
    if (peers.exist()) {
      owners.deletePrepared();
      takeUp(owners.adopt());
    } else {
      store.deletePrepared();
      takeUp(store.notDoneWith());
    }
  }

  /** Takes up jobs whose node is lost; called every second or so where there are several. */
  public void adopt() {
    takeUp(owners.adopt());
  }

  private void takeUp(List<Job> jobs) {
    for (Job job : jobs) {
      runs.computeIfAbsent(
          job.id(),
          id -> {
            LOG.info("Job {} goes on", id);
            return run(job);
          });
    }
  }

  private JobRun run(Job job) {
    JobRun run = new JobRun(job, new Tools());
    if (peers.exist()) {
      news.put(job.id(), peers.follow(TOPIC + job.id(), _ -> run.stale()));
    }
    return run;
  }

  /** What a run works with. */
  final class Tools {
    JobStore store() {
      return store;
    }

    CommandService commands() {
      return commands;
    }

    InstantSource clock() {
      return clock;
    }

    Executor executor() {
      return executor;
    }

    /** Whether other nodes change jobs, too. */
    boolean isShared() {
      return peers.exist();
    }

    JobFigures figures() {
      return figures;
    }

    CompletableFuture<Optional<Job>> change(UUID id, JobMove move, String cause) {
      return JobService.this.change(id, move, cause, null);
    }

    /** Nothing is left to do for it. */
    void done(UUID id) {
      runs.remove(id);
      Bus.Subscription following = news.remove(id);
      if (following != null) {
        following.close();
      }
    }
  }

  private void changed(Job job) {
    JobRun run = runs.get(job.id());
    if (run != null) {
      run.changed(job);
    } else {
      peers.publish(TOPIC + job.id());
    }
  }

  private void counted(UUID id, JobCounts counts) {
    JobRun run = runs.get(id);
    if (run != null) {
      run.counted(counts);
    } else {
      // Another node's.
      peers.publish(TOPIC + id);
    }
  }

  /** Does what time asks for, and tries again what failed. Called every second or so. */
  public void sweep() {
    runs.values().forEach(JobRun::sweep);
  }

  /** Completes once the job and all its devices are committed. */
  public CompletableFuture<Job.Created> create(Job.Request request) {
    Job.Created prepared = alone(() -> prepare(request));
    if (!(prepared instanceof Job.Created.Durable(Job job, boolean repeated))) {
      return CompletableFuture.completedFuture(prepared);
    }
    if (job.state() != JobState.PREPARING) {
      return CompletableFuture.completedFuture(prepared);
    }
    // An earlier request may still be about to do the same, or may have been broken off before.
    return change(job.id(), JobMove.CREATED, job.cause(), request.by())
        .thenApply(now -> new Job.Created.Durable(now.orElse(job), repeated));
  }

  private Job.Created alone(Supplier<Job.Created> preparation) {
    try {
      if (!creating.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw DatabaseException.unavailable("other jobs are being prepared");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DatabaseException.unavailable("the hub is going down");
    }
    try {
      return preparation.get();
    } finally {
      creating.unlock();
    }
  }

  private Job.Created prepare(Job.Request request) {
    long unfinished =
        peers.exist()
            ? owners.countUnfinished()
            : runs.values().stream().filter(JobRun::isUnfinished).count();
    if (unfinished >= limits.jobsRunning()) {
      // A repeat makes no job, so it is no question of room.
      return creation.known(request).orElseGet(() -> new Job.Created.TooManyJobs((int) unfinished));
    }
    Job.Created prepared = creation.prepare(request, ids.next(), clock.instant());
    if (prepared instanceof Job.Created.Durable(Job job, boolean repeated)
        && job.state() == JobState.PREPARING
        && !(repeated && peers.exist())) { // another node may have it
      runs.computeIfAbsent(job.id(), _ -> run(job));
    }
    return prepared;
  }

  private CompletableFuture<Optional<Job>> change(
      UUID id, JobMove move, String cause, @Nullable Actor by) {
    BatchWriter started = writer;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    JobChange change = new JobChange(id, move, clock.instant(), cause, by);
    started.submit(change);
    return change.settled;
  }

  /** Releases nothing until it is resumed. Completes with the job as it stands afterwards. */
  public CompletableFuture<Optional<Job>> pause(UUID id, Actor caller) {
    return change(id, JobMove.PAUSED, "paused by " + caller.said(), caller);
  }

  public CompletableFuture<Optional<Job>> resume(UUID id, Actor caller) {
    return change(id, JobMove.RESUMED, "resumed by " + caller.said(), caller);
  }

  /** Ends it: what waits is skipped, and commands that devices do not have yet are cancelled. */
  public CompletableFuture<Optional<Job>> cancel(UUID id, Actor caller) {
    return change(id, JobMove.CANCELLED, "cancelled by " + caller.said(), caller);
  }

  public Optional<Job> find(UUID id) {
    return store.find(id).filter(job -> job.state() != JobState.PREPARING);
  }

  /** Newest first; {@code before}: id of the last one of the page before. */
  public List<Job> list(@Nullable JobState state, @Nullable UUID before, int limit) {
    return store.list(state, before, limit);
  }

  /** In the order of release; {@code after}: place of the last one of the page before, or 0. */
  public List<Job.DeviceLine> devices(
      Job job, JobCounts.@Nullable State state, int after, int limit) {
    return store.devices(job, state, after, limit);
  }
}
