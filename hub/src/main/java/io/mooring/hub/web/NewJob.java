package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.config.Limits;
import io.mooring.hub.device.Device;
import io.mooring.hub.job.AbortRule;
import io.mooring.hub.job.Job;
import io.mooring.hub.job.Rollout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A job as callers write it. */
record NewJob(
    @Nullable String title,
    @Nullable NewCommand command,
    @Nullable Target target,
    @Nullable Pace rollout,
    @Nullable Abort abort) {
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(30);
  private static final int MINIMUM_ENDED = 10;

  record Target(
      @Nullable List<@Nullable String> devices, @Nullable Map<String, @Nullable String> tags) {}

  record Pace(
      @Nullable Integer waveSize,
      @Nullable Integer wavePercent,
      @Nullable String waveInterval,
      @Nullable Integer perSecond,
      @Nullable Integer maxInFlight) {}

  record Abort(@Nullable Integer failurePercent, @Nullable Integer minimumEnded) {}

  /** Reads a request's body, which may be larger than others. */
  static Job.Request read(Exchange exchange) {
    Limits limits = exchange.parts().limits();
    byte[] body = exchange.body("application/json", limits.jobBytes());
    if (body.length == 0) {
      throw Refusal.of("", "A JSON body is needed.");
    }
    NewJob job = Json.body(body, NewJob.class);
    String key = NewCommand.key("Idempotency-Key", exchange.header("Idempotency-Key"));
    return job.request(limits, exchange.actor(), key, digest(Json.parse(body)));
  }

  /** Of the request as such: the same with other blanks, or in another order, is the same. */
  private static byte[] digest(@Nullable JsonNode body) {
    try {
      byte[] bytes = body == null ? new byte[0] : Json.canonical(body);
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Job.Request request(Limits limits, Actor by, @Nullable String key, byte[] digest) {
    if (command == null) {
      throw Refusal.of("/command", "Needed: what is to be sent, as in a command of its own.");
    }
    NewCommand.Content content = command.content("/command", limits);
    Target to = target == null ? new Target(null, null) : target;
    if ((to.devices == null) == (to.tags == null)) {
      throw Refusal.of("/target", "Needed: either `devices`, a list of ids, or `tags`.");
    }
    Job.Order order =
        new Job.Order(
            title == null ? null : Text.bounded("/title", title, 1, 128),
            content.name(),
            content.type(),
            content.payload(),
            content.ttl(),
            to.tags == null ? null : tags(to.tags),
            rollout(rollout == null ? new Pace(null, null, null, null, null) : rollout, limits),
            abort == null ? null : abort(abort),
            by.text());
    List<String> devices = to.devices == null ? null : devices(to.devices, limits.jobDevices());
    return new Job.Request(order, by, devices, key, digest);
  }

  private static Map<String, String> tags(Map<String, @Nullable String> given) {
    if (given.isEmpty()) {
      throw Refusal.of("/target/tags", "Needed: at least one tag.");
    }
    Map<String, String> tags = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          String pointer = "/target/tags/" + key.replace("~", "~0").replace("/", "~1");
          Text.requireClean(pointer, key);
          if (value == null) {
            throw Refusal.of(pointer, "A text is needed, not null.");
          }
          Text.requireClean(pointer, value);
          tags.put(key, value);
        });
    return tags;
  }

  private static List<String> devices(List<@Nullable String> given, int most) {
    if (given.isEmpty() || given.size() > most) {
      throw Refusal.of(
          "/target/devices",
          "Has %d devices; a job has 1 to %d (limits.job-devices).".formatted(given.size(), most));
    }
    List<String> ids = new ArrayList<>(given.size());
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < given.size(); i++) {
      String id = given.get(i);
      String pointer = "/target/devices/" + i;
      if (id == null || !Device.ID.matcher(id).matches()) {
        throw Refusal.of(pointer, "Is no device's id.");
      }
      if (!seen.add(id)) {
        throw Refusal.of(pointer, id + " is listed twice.");
      }
      ids.add(id);
    }
    return ids;
  }

  private static Rollout rollout(Pace pace, Limits limits) {
    if (pace.waveSize != null && pace.wavePercent != null) {
      throw Refusal.of("/rollout/wavePercent", "Send either `waveSize` or `wavePercent`.");
    }
    boolean waves = pace.waveSize != null || pace.wavePercent != null;
    if (pace.waveInterval != null && !waves) {
      throw Refusal.of(
          "/rollout/waveInterval", "Needs `waveSize` or `wavePercent`; see also `perSecond`.");
    }
    Integer inFlight = within("/rollout/maxInFlight", pace.maxInFlight, limits.jobInFlight());
    return new Rollout(
        within("/rollout/waveSize", pace.waveSize, limits.jobDevices()),
        within("/rollout/wavePercent", pace.wavePercent, 100),
        pace.waveInterval == null
            ? null
            : Text.duration(
                "/rollout/waveInterval",
                pace.waveInterval,
                Duration.ofSeconds(1),
                LONGEST_INTERVAL),
        within("/rollout/perSecond", pace.perSecond, limits.jobDevices()),
        inFlight == null ? limits.jobInFlight() : inFlight);
  }

  private static AbortRule abort(Abort abort) {
    Integer percent = within("/abort/failurePercent", abort.failurePercent, 100);
    if (percent == null) {
      throw Refusal.of("/abort/failurePercent", "Needed: a whole number from 1 to 100.");
    }
    Integer minimum = within("/abort/minimumEnded", abort.minimumEnded, Integer.MAX_VALUE);
    return new AbortRule(percent, minimum == null ? MINIMUM_ENDED : minimum);
  }

  private static @Nullable Integer within(String pointer, @Nullable Integer number, int most) {
    if (number != null && (number < 1 || number > most)) {
      throw Refusal.of(pointer, "Must be a whole number from 1 to %d.".formatted(most));
    }
    return number;
  }
}
