package io.mooring.hub.web;

import io.mooring.hub.command.JobCounts;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.JobState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Jobs: created, watched, paused, resumed, cancelled. */
final class JobApi {
  private static final List<JobState> STATES =
      Arrays.stream(JobState.values()).filter(state -> state != JobState.PREPARING).toList();

  private final Executor executor;

  /**
   * @param executor carries on where a future completes, off the thread that completes it; may
   *     block
   */
  JobApi(Executor executor) {
    this.executor = executor;
  }

  Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Job.Request request = NewJob.read(exchange);
    return new Reply.Later(
        CommandReplies.inTime(exchange.parts().jobs().create(request))
            .thenApplyAsync(created -> created(exchange, request, created), executor));
  }

  private static Reply created(Exchange exchange, Job.Request request, Job.Created created) {
    return switch (created) {
      case Job.Created.Durable(Job job, boolean repeated) ->
          new Reply.Body(
              repeated ? HttpStatus.OK_200 : HttpStatus.CREATED_201,
              Map.of("Location", "/api/v1/jobs/" + job.id()),
              view(exchange, job));
      case Job.Created.KeyTaken(UUID by) -> throw Repetition.keyTaken("job " + by);
      case Job.Created.TooManyJobs(int unfinished) ->
          throw new Refusal(
              Problem.of(
                  HttpStatus.TOO_MANY_REQUESTS_429,
                  "too-many-jobs",
                  "Too many jobs have not ended",
                  "%d jobs run or are paused, as many as may be (limits.jobs-running). Cancel one, or try again when some have ended."
                      .formatted(unfinished)),
              Map.of("Retry-After", "10"));
      case Job.Created.UnknownDevices(List<String> ids) -> throw unknown(request, ids);
      case Job.Created.NoDevices _ -> throw Refusal.of("/target/tags", "No device has these tags.");
      case Job.Created.TooManyDevices(int most) ->
          throw Refusal.of(
              "/target/tags",
              "More than %d devices have these tags, the most of one job (limits.job-devices)."
                  .formatted(most));
    };
  }

  private static Refusal unknown(Job.Request request, List<String> ids) {
    List<String> devices = request.devices() == null ? List.of() : request.devices();
    return new Refusal(
        Problem.invalid(
            ids.stream()
                .map(
                    id ->
                        new Problem.Fault(
                            "/target/devices/" + devices.indexOf(id),
                            "No device has the id " + id + "."))
                .toList()));
  }

  Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state");
    int limit = exchange.limit();
    JobState state = Text.oneOf("?state", exchange.query("state"), STATES, JobState::text);
    UUID before = CommandPages.before(exchange.query("cursor"));
    List<Job> found = exchange.parts().jobs().list(state, before, limit + 1);
    List<Job> page = found.subList(0, Math.min(limit, found.size()));
    return Reply.ok(
        new DeviceApi.Page<>(
            page.stream().map(job -> view(exchange, job)).toList(),
            found.size() > limit ? CommandPages.cursorAt(page.getLast().id()) : null));
  }

  Reply get(Exchange exchange) {
    exchange.onlyQuery();
    return Reply.ok(view(exchange, job(exchange)));
  }

  Reply devices(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "state");
    int limit = exchange.limit();
    JobCounts.State state =
        Text.oneOf(
            "?state",
            exchange.query("state"),
            List.of(JobCounts.State.values()),
            JobCounts.State::text);
    int after = after(exchange.query("cursor"));
    List<Job.DeviceLine> found =
        exchange.parts().jobs().devices(job(exchange), state, after, limit + 1);
    List<Job.DeviceLine> page = found.subList(0, Math.min(limit, found.size()));
    return Reply.ok(
        new DeviceApi.Page<>(
            page.stream().map(JobView.Line::of).toList(),
            found.size() > limit ? cursorAt(page.getLast().place()) : null));
  }

  private static String cursorAt(int place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Integer.toString(place).getBytes(StandardCharsets.US_ASCII));
  }

  private static int after(@Nullable String cursor) {
    if (cursor == null) {
      return 0;
    }
    try {
      byte[] place = Base64.getUrlDecoder().decode(cursor);
      return Integer.parseUnsignedInt(new String(place, StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
    }
  }

  Reply pause(Exchange exchange) {
    exchange.onlyQuery();
    Job job = job(exchange);
    return changed(
        exchange, JobState.PAUSED, exchange.parts().jobs().pause(job.id(), exchange.actor()));
  }

  Reply resume(Exchange exchange) {
    exchange.onlyQuery();
    Job job = job(exchange);
    return changed(
        exchange, JobState.RUNNING, exchange.parts().jobs().resume(job.id(), exchange.actor()));
  }

  Reply cancel(Exchange exchange) {
    exchange.onlyQuery();
    Job job = job(exchange);
    return changed(
        exchange, JobState.CANCELLED, exchange.parts().jobs().cancel(job.id(), exchange.actor()));
  }

  /** What was so already is answered as what has become so. */
  private Reply changed(
      Exchange exchange, JobState wanted, CompletableFuture<Optional<Job>> change) {
    return new Reply.Later(
        CommandReplies.inTime(change)
            .thenApplyAsync(
                found -> {
                  Job job = found.orElseThrow(JobApi::gone);
                  if (job.state() != wanted) {
                    throw new Refusal(
                        Problem.of(
                            HttpStatus.CONFLICT_409,
                            "job-ended",
                            "The job has ended",
                            "It is %s since %s. Create a new job for what is left."
                                .formatted(job.state().text(), job.changedAt())));
                  }
                  return Reply.ok(view(exchange, job));
                },
                executor));
  }

  private static JobView view(Exchange exchange, Job job) {
    Instant now = exchange.now();
    return JobView.of(job, now, key -> exchange.parts().keys().name(key, now));
  }

  private static Job job(Exchange exchange) {
    return Text.uuid(exchange.variable("job"))
        .flatMap(id -> exchange.parts().jobs().find(id))
        .orElseThrow(JobApi::gone);
  }

  private static Refusal gone() {
    return Refusal.notFound("There is no job of this id, or it is no longer kept.");
  }
}
