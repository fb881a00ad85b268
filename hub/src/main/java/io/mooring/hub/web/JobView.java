package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.command.JobCounts;
import io.mooring.hub.job.AbortRule;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.Rollout;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A job as the API shows it. */
record JobView(
    UUID id,
    @Nullable String title,
    CommandOfJob command,
    Target target,
    Pace rollout,
    @Nullable AbortRule abort,
    String state,
    String why,
    @Nullable Wave wave,
    Instant createdAt,
    String createdBy,
    @Nullable String createdByName,
    Instant changedAt,
    @Nullable Instant endedAt,
    Map<String, Integer> counts) {
  private static final String KEY = Actor.Kind.KEY.text() + ":";

  record CommandOfJob(String name, @Nullable Object payload, String contentType, String ttl) {}

  /** By tags, or so many that were listed. */
  record Target(@Nullable Map<String, String> tags, @Nullable Integer listed) {}

  record Pace(
      @Nullable Integer waveSize,
      @Nullable Integer wavePercent,
      @Nullable String waveInterval,
      @Nullable Integer perSecond,
      int maxInFlight) {
    static Pace of(Rollout rollout) {
      return new Pace(
          rollout.waveSize(),
          rollout.wavePercent(),
          rollout.waveInterval() == null ? null : rollout.waveInterval().toString(),
          rollout.perSecond(),
          rollout.maxInFlight());
    }
  }

  record Wave(int number, int of, Instant beganAt) {}

  /** A device's line in the report. */
  record Line(
      String device,
      String state,
      @Nullable UUID command,
      Instant changedAt,
      @Nullable String message) {
    static Line of(Job.DeviceLine line) {
      return new Line(
          line.device(), line.state().text(), line.command(), line.changedAt(), line.message());
    }
  }

  /**
   * Shows a job.
   *
   * @param keyNames what API keys are called, by their ids
   */
  static JobView of(Job job, Instant now, Function<String, Optional<String>> keyNames) {
    Job.Order order = job.order();
    int total = job.counts().total();
    Instant waveAt = job.waveAt();
    return new JobView(
        job.id(),
        order.title(),
        new CommandOfJob(
            order.name(),
            CommandView.shown(order.contentType(), order.payload()),
            order.contentType(),
            order.ttl().toString()),
        new Target(order.tags(), order.tags() == null ? total : null),
        Pace.of(order.rollout()),
        order.abort(),
        job.state().text(),
        JobExplainer.why(job, now),
        waveAt == null ? null : new Wave(job.wave(), order.rollout().waves(total), waveAt),
        job.createdAt(),
        order.caller(),
        order.caller().startsWith(KEY)
            ? keyNames.apply(order.caller().substring(KEY.length())).orElse(null)
            : null,
        job.changedAt(),
        job.endedAt(),
        counts(job.counts()));
  }

  private static Map<String, Integer> counts(JobCounts counts) {
    Map<String, Integer> shown = new LinkedHashMap<>();
    shown.put("total", counts.total());
    for (JobCounts.State state : JobCounts.State.values()) {
      shown.put(state.text(), counts.of(state));
    }
    return shown;
  }
}
