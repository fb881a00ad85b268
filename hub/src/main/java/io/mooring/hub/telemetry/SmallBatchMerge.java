package io.mooring.hub.telemetry;

import static io.mooring.hub.telemetry.LateHours.HOUR_US;

import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges a device's small rows in the background, hour by hour. A device that sends one reading a
 * second would otherwise fill a page of its own with each, as thousands of others write in between:
 * a chart of one day read 86 400 pages. Merged they are 24 rows, a third of the size.
 *
 * <p>An hour is merged once it is {@link #SETTLED} over, one transaction a few thousand rows, so a
 * reader sees either the small rows or the long one. At most a set share of one processor's time is
 * spent on it. Runs on one thread at a time.
 */
public final class SmallBatchMerge {
  /** Rows with more readings stay as they are. */
  static final int SMALL_READINGS = 60;

  /** So many small rows of a stream are worth a merge. */
  static final int WORTH = 16;

  /** Devices that send late have this time. */
  static final Duration SETTLED = Duration.ofMinutes(10);

  /**
   * Hours further back stay as they are. A merged batch has lost its own key, so a device that
   * sends it again must have been told that it is stored; when a session opens, batches are looked
   * for a day back. An hour more for sessions that open meanwhile.
   */
  static final Duration FURTHEST = Duration.ofHours(23);

  private static final Logger LOG = LoggerFactory.getLogger(SmallBatchMerge.class);

  private final SmallBatchStore store;
  private final LateHours late;
  private final InstantSource clock;
  private final Pause pause;
  private final LongAdder mergedRows = new LongAdder();

  /** Waits after each piece of work, as long as the share of time allows. */
  @FunctionalInterface
  public interface Pause {
    void after(Duration work) throws InterruptedException;

    /** Such that at most a share of the time is spent working. */
    static Pause forShare(int percent) {
      Semaphore never = new Semaphore(0);
      return work ->
          never.tryAcquire(work.toNanos() * (100 - percent) / percent, TimeUnit.NANOSECONDS);
    }
  }

  public SmallBatchMerge(Database database, LateHours late, InstantSource clock, Pause pause) {
    this.store = new SmallBatchStore(database, clock);
    this.late = late;
    this.clock = clock;
    this.pause = pause;
  }

  /** Merges what is due; called every minute or so. */
  public void sweep() {
    Instant now = clock.instant();
    Instant settled = now.minus(SETTLED).truncatedTo(ChronoUnit.HOURS);
    Instant mergedBefore = store.mergedBefore();
    Instant furthest = settled.minus(FURTHEST);
    Instant hour = mergedBefore.isBefore(furthest) ? furthest : mergedBefore;
    try {
      for (; hour.isBefore(settled); hour = hour.plus(1, ChronoUnit.HOURS)) {
        Instant one = hour;
        for (int device : store.devices()) {
          mergeHour(device, one);
        }
        store.mergedBefore(one.plus(1, ChronoUnit.HOURS));
      }
      late.mergedBefore(settled.getEpochSecond() * 1_000_000);
      for (var one = late.poll(); one != null; one = late.poll()) {
        mergeHour(one.deviceKey(), Instant.EPOCH.plus(one.hour() * HOUR_US, ChronoUnit.MICROS));
      }
    } catch (InterruptedException e) {
      // The hub is going down; the next one goes on with this hour.
      Thread.currentThread().interrupt();
    }
  }

  /** Small rows that became part of longer ones since the start. */
  public long mergedRows() {
    return mergedRows.sum();
  }

  private void mergeHour(int deviceKey, Instant hour) throws InterruptedException {
    boolean more = true;
    SmallBatchStore.Key after = SmallBatchStore.Key.FIRST;
    while (more && !hour.isBefore(clock.instant().minus(FURTHEST))) {
      long start = System.nanoTime();
      try {
        SmallBatchStore.Step step = store.merge(deviceKey, hour, after);
        after = step.readTo();
        mergedRows.add(step.merged());
        more = step.more();
      } catch (DatabaseException e) {
        if (e.kind() == DatabaseException.Kind.UNAVAILABLE) {
          throw e;
        }
        // Retention may have dropped the day meanwhile.
        LOG.warn("Small rows of device key {} at {} stay: {}", deviceKey, hour, e.getMessage());
        more = false;
      }
      pause.after(Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
