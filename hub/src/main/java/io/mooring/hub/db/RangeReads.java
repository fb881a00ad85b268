package io.mooring.hub.db;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that may take long, at most a few at a time, so that device handshakes always find a
 * connection in the pool. Safe for all threads.
 */
public final class RangeReads {
  /** What a caller of the API may wait for its turn. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Database database;
  private final Semaphore places;

  /** As many run as there may be, and none was over in time. */
  public static final class Busy extends RuntimeException {
    Busy() {
      super(
          "As many range queries run as limits.range-reads allows. Ask for less at a time, or try"
              + " again.",
          null,
          false,
          false);
    }
  }

  /**
   * @param most how many at a time; the pool always keeps one connection for others
   */
  public RangeReads(Database database, int most) {
    this.database = database;
    this.places = new Semaphore(Math.max(1, Math.min(most, database.poolSize() - 1)), true);
  }

  /**
   * As {@link Database#query}, once there is a place.
   *
   * @throws Busy when there is none within a second
   */
  public <T extends @Nullable Object> T query(Database.Work<T> work) {
    return query(PATIENCE, work);
  }

  /** The same for those who may wait longer. */
  public <T extends @Nullable Object> T query(Duration patience, Database.Work<T> work) {
    return placed(patience, () -> database.query(work));
  }

  /** As {@link Database#transaction}, once there is a place within a second. */
  public <T extends @Nullable Object> T transaction(Database.Work<T> work) {
    return placed(PATIENCE, () -> database.transaction(work));
  }

  private <T extends @Nullable Object> T placed(Duration patience, Supplier<T> read) {
    try {
      if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Busy();
    }
    try {
      return read.get();
    } finally {
      places.release();
    }
  }
}
