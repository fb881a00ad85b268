package io.mooring.hub.event;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something that happened to a device, or to a job of many. */
public sealed interface Event {
  /** 0: of no single device. */
  int deviceKey();

  /** The device's public id; null: of no single device. */
  @Nullable String device();

  Instant at();

  /** As it stands in the table and in the API. */
  default String type() {
    return switch (this) {
      case Presence _ -> "presence";
      case CommandChange _ -> "command";
      case JobChange _ -> "job";
      case Progress _ -> "progress";
      case Telemetry _ -> "telemetry";
    };
  }

  /** A row of the table {@code event}: durable, numbered, delivered exactly once and in order. */
  sealed interface Durable extends Event {
    long id();

    String state();

    @Nullable Long epoch();

    String cause();
  }

  /** A device came, became silent, or went. */
  record Presence(
      long id,
      int deviceKey,
      String device,
      Instant at,
      String state,
      @Nullable Long epoch,
      String cause)
      implements Durable {}

  /**
   * A command changed its state.
   *
   * @param name the command's; null where the command itself is deleted already
   */
  record CommandChange(
      long id,
      int deviceKey,
      String device,
      Instant at,
      String state,
      @Nullable Long epoch,
      String cause,
      UUID command,
      @Nullable String name)
      implements Durable {}

  /**
   * A job was created, or changed its state.
   *
   * @param title null: it has none, or is deleted already
   */
  record JobChange(
      long id, Instant at, String state, String cause, UUID job, @Nullable String title)
      implements Durable {
    @Override
    public int deviceKey() {
      return 0;
    }

    @Override
    public @Nullable String device() {
      return null;
    }

    @Override
    public @Nullable Long epoch() {
      return null;
    }
  }

  /**
   * How far a device is with a command; best effort.
   *
   * @param name the command's
   * @param message what the device says it is at; may be empty
   */
  record Progress(
      int deviceKey,
      String device,
      Instant at,
      UUID command,
      String name,
      int percent,
      String message)
      implements Event {}

  /** The newest values of a committed batch; best effort. */
  record Telemetry(int deviceKey, String device, Instant at, List<Value> readings)
      implements Event {}

  /**
   * One value.
   *
   * @param value Double, Long, Boolean, String or byte[]
   */
  record Value(String metric, Instant time, Object value) {}
}
