package io.mooring.device;

import io.mooring.device.internal.command.CommandJournal;
import io.mooring.device.internal.command.MemoryCommandJournal;
import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.MemoryOutbox;
import io.mooring.device.internal.telemetry.Outbox;
import io.mooring.device.internal.telemetry.Shapes;
import io.mooring.device.internal.telemetry.StoredOutbox;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where readings and results are kept.
 *
 * @param folder null when all is in memory
 * @param syncEvery null when nothing is forced to the disk by the clock
 */
record Storage(
    Outbox outbox,
    Shapes shapes,
    CommandJournal journal,
    @Nullable StoreFolder folder,
    @Nullable Duration syncEvery) {
  private static final Logger log = LoggerFactory.getLogger(Storage.class);
  private static final int JOURNAL_RESULTS = 1_000;
  private static final int JOURNAL_BYTES = 1024 * 1024;
  private static final Duration JOURNAL_AGE = Duration.ofDays(7);

  /**
   * @param once names of commands that are not known to do no harm when they are carried out twice
   */
  static Storage inMemory(Set<String> once, LongSupplier random, EventLoop loop) {
    if (!once.isEmpty()) {
      log.warn(
          "No store: what this device was told to do ({}) it may do twice, when the process ends"
              + " before the hub has the result. Give it a folder with store(…), or register by"
              + " onRepeatable(…) what does no harm when it is done twice",
          String.join(", ", once));
    }
    long id = random.getAsLong();
    return new Storage(
        new MemoryOutbox(id == 0 ? 1 : id),
        new Shapes(),
        new MemoryCommandJournal(JOURNAL_RESULTS, JOURNAL_BYTES, JOURNAL_AGE, Clocks.wall(loop)),
        null,
        null);
  }

  /**
   * @param repeatable names of commands that may be carried out twice
   */
  static Storage open(
      Store store, int outboxBytes, Set<String> repeatable, LongSupplier random, EventLoop loop)
      throws IOException {
    StoreFolder folder = StoreFolder.open(store.folder(), Disk.REAL, random.getAsLong());
    try {
      boolean eachWrite = store.sync() == Store.Sync.EACH_WRITE;
      StoredOutbox outbox =
          new StoredOutbox(
              folder,
              new StoredOutbox.Settings(outboxBytes, eachWrite, store.isNewestFirst()),
              random);
      StoredCommandJournal journal =
          new StoredCommandJournal(
              folder,
              new StoredCommandJournal.Settings(
                  store.journalBytes(), store.journalAge(), store.sync() != Store.Sync.NEVER),
              repeatable,
              Clocks.wall(loop));
      return new Storage(
          outbox,
          outbox.shapes(),
          journal,
          folder,
          store.sync() == Store.Sync.INTERVAL ? store.interval() : null);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Forces what was written to the disk; without effect in memory. */
  void sync() throws IOException {
    if (folder != null) {
      folder.sync();
    }
  }

  /** The same over and over, on the loop, if that is the setting. */
  void syncRegularly(EventLoop loop) {
    if (syncEvery == null) {
      return;
    }
    loop.schedule(
        syncEvery,
        new Runnable() {
          @Override
          public void run() {
            try {
              sync();
            } catch (IOException e) {
              log.warn("Cannot force the store to the disk", e);
            }
            syncRegularly(loop);
          }
        });
  }

  void close() {
    if (folder != null) {
      try {
        folder.close();
      } catch (IOException e) {
        log.warn("The store was not closed properly; some of it may be lost by a power cut", e);
      }
    }
  }
}
