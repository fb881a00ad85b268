package io.mooring.bench.past;

import io.mooring.bench.part.Postgres;
import io.mooring.hub.db.Database;
import io.mooring.hub.telemetry.LateHours;
import io.mooring.hub.telemetry.SmallBatchMerge;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Gives the first devices of the registry a past of one day. */
public final class Past {
  private static final int HOURS = 24;
  private static final Duration PIECE = Duration.ofMinutes(10);

  /** When the hub merges an hour, after its end. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  private final Postgres postgres;
  private final Day day;
  private final Consumer<String> progress;

  /**
   * @param progress is told what is being filled in, about once a second
   */
  public Past(Postgres postgres, Day day, Consumer<String> progress) {
    this.postgres = postgres;
    this.day = day;
    this.progress = progress;
  }

  /**
   * Fills in the day: small devices first, then batched ones, in the order of the registry. No hub
   * may run meanwhile.
   */
  public PastDevices fill(int small, int batched) {
    PastDevices devices =
        postgres.on(
            connection -> {
              PastRows rows = new PastRows(connection, day);
              PastDevices made = rows.prepare(small, batched);
              liveThrough(rows, made);
              copy(rows, made);
              tail(rows, made);
              return made;
            });
    progress.accept("filling: vacuum");
    // As autovacuum would have done long before.
    postgres.execute("VACUUM (ANALYZE) telemetry_batch", "ANALYZE", "CHECKPOINT");
    mustBeWhole(small + batched);
    return devices;
  }

  /** One device of each kind sends hour by hour, and the hub's merge follows it. */
  private void liveThrough(PastRows rows, PastDevices devices) throws SQLException {
    List<Integer> patterns = patterns(devices);
    rows.haveConnected(patterns);
    rows.mergedBefore(day.start());
    AtomicReference<Instant> now = new AtomicReference<>(day.start());
    try (Database database = postgres.open()) {
      SmallBatchMerge merge = new SmallBatchMerge(database, new LateHours(), now::get, _ -> {});
      for (int hour = 0; hour < HOURS - 1; hour++) {
        progress.accept("filling: hour %d of %d of one device each".formatted(hour + 1, HOURS));
        rows.send(patterns, day.hour(hour), day.hour(hour + 1));
        now.set(day.hour(hour + 1).plus(SETTLED));
        merge.sweep();
      }
    }
    // Else the hub would merge the last hour too, if ten minutes of the next one are over by now.
    rows.mergedBefore(day.end());
    postgres.execute("VACUUM (ANALYZE) telemetry_batch");
  }

  private static List<Integer> patterns(PastDevices devices) {
    return List.of(devices.small().getFirst(), devices.batched().getFirst());
  }

  private void copy(PastRows rows, PastDevices devices) throws SQLException {
    for (int hour = 0; hour < HOURS - 1; hour++) {
      progress.accept("filling: hour %d of %d of all devices".formatted(hour + 1, HOURS));
      for (List<Integer> kind : List.of(devices.small(), devices.batched())) {
        rows.copy(
            kind.getFirst(), kind.subList(1, kind.size()), day.hour(hour), day.hour(hour + 1));
      }
    }
  }

  /** The last hour as it was sent, all devices mixed as they were. */
  private void tail(PastRows rows, PastDevices devices) throws SQLException {
    List<Integer> all =
        Stream.concat(devices.small().stream(), devices.batched().stream()).toList();
    for (Instant from = day.hour(HOURS - 1); from.isBefore(day.end()); from = from.plus(PIECE)) {
      progress.accept(
          "filling: last hour, minute %d"
              .formatted(Duration.between(day.hour(HOURS - 1), from).toMinutes()));
      rows.send(all, from, from.plus(PIECE));
    }
    rows.haveConnected(all);
  }

  private void mustBeWhole(int devices) {
    long wanted = (long) devices * Day.SECONDS;
    long there = postgres.number("SELECT sum(readings) FROM telemetry_batch");
    if (there != wanted) {
      throw new IllegalStateException(
          "%d readings are there in place of %d".formatted(there, wanted));
    }
  }
}
