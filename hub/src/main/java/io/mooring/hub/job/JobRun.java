package io.mooring.hub.job;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandService;
import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.command.JobCounts;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.DatabaseException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One unfinished job at work. What it knows is a cache of the job's row, kept by what is committed;
 * it is guarded by this object's monitor. Steps run one at a time, on a thread that may block.
 */
final class JobRun {
  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

  /** Devices released, or commands cancelled, at a time: 10 ms more until telemetry's commit. */
  private static final int SLICE = 128;

  /** Places looked through at a time for devices that wait. */
  private static final int SPAN = 1_000;

  /** Payload bytes of one release. */
  private static final int SLICE_BYTES = 4 * 1024 * 1024;

  /** How often the row is read while nothing is heard: a deleted device changes it, too. */
  private static final Duration REFRESH = Duration.ofSeconds(10);

  private final UUID id;
  private final Job.Order order;
  private final JobService.Tools tools;
  private final int slice;
  private final AtomicInteger asked = new AtomicInteger();

  private JobState state;
  private JobCounts counts;
  private boolean cancelling;
  private int wave;
  private @Nullable Instant waveAt;
  private Instant heardAt;
  private int heard; // counts, so that a row read meanwhile is known to be older
  private boolean isStale;
  private final RateBucket rate;

  /** No device waits up to this place, but those after {@link #retryAfter}. */
  private int after;

  /** Some device after this place could not be released: it is tried again at the next sweep. */
  private int retryAfter = Integer.MAX_VALUE;

  JobRun(Job job, JobService.Tools tools) {
    this.id = job.id();
    this.order = job.order();
    this.tools = tools;
    this.slice = Math.clamp(SLICE_BYTES / (512 + order.payload().length), 1, SLICE);
    this.state = job.state();
    this.counts = job.counts();
    this.cancelling = job.cancelling();
    this.wave = job.wave();
    this.waveAt = job.waveAt();
    this.heardAt = tools.clock().instant();
    this.rate = new RateBucket(order.rollout().perSecond(), heardAt);
  }

  /** The job's row as of a commit. */
  void changed(Job job) {
    synchronized (this) {
      if (!state.isEnded() && job.state().isEnded()) {
        tools.figures().ended(job.state());
      }
      state = job.state();
      cancelling = job.cancelling();
      hear(job.counts());
    }
    poke();
  }

  /** Another node has changed the job's row. */
  void stale() {
    synchronized (this) {
      isStale = true;
    }
    poke();
  }

  /** The job's counts as of a commit. */
  void counted(JobCounts now) {
    synchronized (this) {
      hear(now);
    }
    poke();
  }

  private void hear(JobCounts now) {
    tools.figures().counted(counts, now);
    counts = now;
    heard++;
    heardAt = tools.clock().instant();
    if (state.isEnded() && !cancelling && now.open() == 0) {
      tools.done(id);
    }
  }

  synchronized JobState state() {
    return state;
  }

  synchronized JobCounts counts() {
    return counts;
  }

  /** Whether it takes up one of the places for unfinished jobs. */
  synchronized boolean isUnfinished() {
    return !state.isEnded();
  }

  /** Time has passed: called every second or so. */
  void sweep() {
    synchronized (this) {
      after = Math.min(after, retryAfter);
      retryAfter = Integer.MAX_VALUE;
    }
    poke();
  }

  /** Does what is due, unless that is being done: then it looks once more afterwards. */
  private void poke() {
    if (!(next() instanceof JobStep.Nothing) && asked.getAndIncrement() == 0) {
      tools.executor().execute(this::run);
    }
  }

  private void run() {
    int seen = 1;
    while (seen != 0) {
      try {
        for (JobStep step = next(); !(step instanceof JobStep.Nothing); step = next()) {
          carryOut(step);
        }
        seen = asked.addAndGet(-seen);
      } catch (RuntimeException e) {
        boolean away = why(e) instanceof DatabaseException d && d.kind() == Kind.UNAVAILABLE;
        LOG.atLevel(away ? Level.DEBUG : Level.WARN)
            .log("Job {} goes on in a second: {}", id, e.toString());
        asked.set(0);
        seen = 0;
      }
    }
  }

  private static @Nullable Throwable why(RuntimeException e) {
    return e instanceof CompletionException ? e.getCause() : e;
  }

  private synchronized JobStep next() {
    Instant now = tools.clock().instant();
    if (state.isEnded()) {
      return cancelling ? new JobStep.CancelCommands() : refreshIfDue(now);
    }
    if (state == JobState.PREPARING) {
      return isStale ? new JobStep.Refresh() : new JobStep.Nothing();
    }
    if (counts.waiting() == 0 && counts.open() == 0) {
      return new JobStep.Move(JobMove.COMPLETED, "all its devices have ended");
    }
    AbortRule abort = order.abort();
    if (abort != null && abort.isBroken(counts)) {
      return new JobStep.Move(JobMove.ABORTED, abort.cause(counts));
    }
    JobStep due = refreshIfDue(now);
    return due instanceof JobStep.Nothing && state == JobState.RUNNING ? release(now) : due;
  }

  private JobStep refreshIfDue(Instant now) {
    return now.isBefore(heardAt.plus(REFRESH)) && !isStale
        ? new JobStep.Nothing()
        : new JobStep.Refresh();
  }

  private JobStep release(Instant now) {
    Rollout rollout = order.rollout();
    if (rollout.isWaveDue(counts, wave, waveAt, now)) {
      return new JobStep.BeginWave(wave + 1);
    }
    int last = rollout.lastPlace(wave, counts.total());
    int room = Math.min(rollout.maxInFlight() - counts.open(), rate.available(now));
    return counts.waiting() > 0 && after < last && room > 0
        ? new JobStep.Release(after, Math.min(last, after + SPAN), Math.min(room, slice))
        : new JobStep.Nothing();
  }

  private void carryOut(JobStep step) {
    switch (step) {
      case JobStep.Nothing() -> {}
      case JobStep.Refresh() -> refresh();
      case JobStep.Move(JobMove move, String cause) -> tools.change(id, move, cause).join();
      case JobStep.BeginWave(int number) -> beginWave(number);
      case JobStep.Release release -> release(release);
      case JobStep.CancelCommands() -> cancelCommands();
    }
  }

  private void refresh() {
    int before;
    synchronized (this) {
      before = heard;
      isStale = false;
    }
    Job read = tools.store().find(id).orElse(null);
    synchronized (this) {
      if (before != heard) {
        isStale |= tools.isShared(); // what was heard meanwhile may be newer or older
        return;
      }
      if (read != null) {
        if (!state.isEnded() && read.state().isEnded()) {
          tools.figures().ended(read.state());
        }
        state = read.state();
        cancelling = read.cancelling();
      }
      hear(read == null ? counts : read.counts());
    }
  }

  private void beginWave(int number) {
    Instant now = tools.clock().instant();
    tools.store().beginWave(id, number, now);
    synchronized (this) {
      wave = number;
      waveAt = now;
    }
  }

  private void release(JobStep.Release step) {
    List<JobStore.Place> devices =
        tools.store().waiting(id, step.after(), step.upTo(), step.most());
    List<Accepted> outcomes =
        devices.isEmpty()
            ? List.of()
            : tools.commands().acceptAll(devices.stream().map(this::request).toList()).join();
    synchronized (this) {
      if (after == step.after()) { // else a sweep has gone back meanwhile, to those not released
        after = devices.size() < step.most() ? step.upTo() : devices.getLast().place();
      }
      for (int i = 0; i < devices.size(); i++) {
        if (outcomes.get(i) instanceof Accepted.Durable) {
          rate.take(1);
        } else {
          // Its queue is full, or the job does not run just now.
          retryAfter = Math.min(retryAfter, devices.get(i).place() - 1);
        }
      }
    }
  }

  private Command.Request request(JobStore.Place device) {
    return new Command.Request(
        device.deviceKey(),
        order.name(),
        order.contentType(),
        order.payload(),
        tools.clock().instant().plus(order.ttl()),
        order.ttl(),
        order.caller(),
        null,
        null,
        null,
        id);
  }

  private void cancelCommands() {
    CommandService commands = tools.commands();
    int total = counts().total();
    for (int from = 0; from < total; from += SLICE) {
      CompletableFuture<?>[] cancelled =
          tools.store().cancellable(id, from, from + SLICE).stream()
              .filter(place -> place.command() != null)
              .map(place -> commands.cancel(place.command(), place.deviceKey(), "job " + id))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(cancelled).join();
    }
    tools.store().endCancelling(id);
    synchronized (this) {
      cancelling = false;
      hear(counts);
    }
  }
}
