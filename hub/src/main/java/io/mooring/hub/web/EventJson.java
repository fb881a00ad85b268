package io.mooring.hub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.hub.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an event looks like to callers: in the event stream, and in what webhooks get. */
public final class EventJson {
  record View(
      @Nullable String id,
      String type,
      @Nullable String device,
      Instant at,
      @Nullable String state,
      @Nullable Long epoch,
      @Nullable String cause,
      @Nullable UUID command,
      @Nullable String name,
      @Nullable UUID job,
      @Nullable String title,
      @Nullable Integer percent,
      @Nullable String message,
      @Nullable List<Value> readings) {}

  record Value(
      String metric,
      Instant time,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object value) {}

  private EventJson() {}

  /** The event as one line of JSON. */
  public static String text(Event event) {
    return Json.text(of(event));
  }

  /** The event as the API shows it. */
  static View of(Event event) {
    return switch (event) {
      case Event.Presence presence -> durable(presence, null, null, null, null);
      case Event.CommandChange change ->
          durable(change, change.command(), change.name(), null, null);
      case Event.JobChange change -> durable(change, null, null, change.job(), change.title());
      case Event.Progress progress ->
          new View(
              null,
              event.type(),
              progress.device(),
              progress.at(),
              null,
              null,
              null,
              progress.command(),
              progress.name(),
              null,
              null,
              progress.percent(),
              progress.message().isEmpty() ? null : progress.message(),
              null);
      case Event.Telemetry(int _, String device, Instant at, List<Event.Value> readings) ->
          new View(
              null,
              event.type(),
              device,
              at,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              readings.stream()
                  .map(
                      value ->
                          new Value(
                              value.metric(), value.time(), TelemetryApi.shown(value.value())))
                  .toList());
    };
  }

  private static View durable(
      Event.Durable event,
      @Nullable UUID command,
      @Nullable String name,
      @Nullable UUID job,
      @Nullable String title) {
    return new View(
        Long.toString(event.id()),
        event.type(),
        event.device(),
        event.at(),
        event.state(),
        event.epoch(),
        event.cause(),
        command,
        name,
        job,
        title,
        null,
        null,
        null);
  }
}
