package io.mooring.device;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Keeps what the hub has not acknowledged, and which commands were carried out, in a folder, so
 * that it survives the end of the process and a power cut. Immutable: each method returns a changed
 * copy.
 *
 * <pre>{@code
 * Device.builder(hub, token).store(Store.in(Path.of("/var/lib/thermometer")).newestFirst())
 * }</pre>
 *
 * @see DeviceBuilder#store(Store)
 */
public final class Store {
  /** When the operating system is told to write to the device what it has taken. */
  enum Sync {
    EACH_WRITE,
    INTERVAL,
    NEVER
  }

  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);
  private static final int LEAST_JOURNAL_BYTES = 64 * 1024;
  private static final int LARGEST_JOURNAL_BYTES = 64 * 1024 * 1024;
  private static final Store DEFAULTS =
      new Store(
          Path.of(""),
          Sync.INTERVAL,
          Duration.ofSeconds(1),
          false,
          1024 * 1024,
          Duration.ofDays(7));

  private final Path folder;
  private final Sync sync;
  private final Duration interval;
  private final boolean newestFirst;
  private final int journalBytes;
  private final Duration journalAge;

  private Store(
      Path folder,
      Sync sync,
      Duration interval,
      boolean newestFirst,
      int journalBytes,
      Duration journalAge) {
    this.folder = folder;
    this.sync = sync;
    this.interval = interval;
    this.newestFirst = newestFirst;
    this.journalBytes = journalBytes;
    this.journalAge = journalAge;
  }

  /**
   * A store in this folder, which is made when it is not there; else it is empty or a store
   * already. It belongs to one device, and one process at a time.
   */
  public static Store in(Path folder) {
    return new Store(
        folder,
        DEFAULTS.sync,
        DEFAULTS.interval,
        DEFAULTS.newestFirst,
        DEFAULTS.journalBytes,
        DEFAULTS.journalAge);
  }

  /**
   * Forces each batch of readings to the disk at once. With {@link DeviceBuilder#linger} zero each
   * reading is there when {@link Device#send} returns. Costs one flush of the disk a batch: about a
   * millisecond on an SSD, tens on an SD card, and wear.
   */
  public Store syncEachWrite() {
    return new Store(folder, Sync.EACH_WRITE, interval, newestFirst, journalBytes, journalAge);
  }

  /**
   * Forces to the disk what was written, once in this time while there is something. A power cut
   * costs what was written since; a process that is killed costs nothing that was written. The
   * default, with 1 second.
   *
   * @param time 10 ms to 1 minute
   */
  public Store syncEvery(Duration time) {
    Duration checked =
        DeviceBuilder.within("syncEvery", time, Duration.ofMillis(10), LONGEST_INTERVAL);
    return new Store(folder, Sync.INTERVAL, checked, newestFirst, journalBytes, journalAge);
  }

  /**
   * Leaves it to the operating system when to write; the SDK forces only at {@link Device#close}. A
   * power cut costs what the system had not written, half a minute as a rule, and may make a
   * command be carried out twice. A process that is killed costs nothing that was written.
   */
  public Store syncNever() {
    return new Store(folder, Sync.NEVER, interval, newestFirst, journalBytes, journalAge);
  }

  /**
   * Sends readings made while there is a connection before those of a backlog, which fills what
   * capacity is left. Both arrive and are stored with their own times; only their order of arrival
   * changes. Without this the oldest go first, and only every fourth batch is a new one; a backlog
   * of less than 256 KiB goes in order altogether.
   */
  public Store newestFirst() {
    return new Store(folder, sync, interval, true, journalBytes, journalAge);
  }

  /**
   * How many results of commands are kept after the hub has acknowledged them. Those it has not are
   * never forgotten: when they alone reach the bound, further commands wait. Default: 1 MiB, 7
   * days.
   *
   * @param bytes 64 KiB to 64 MiB, in memory; up to twice as much on the disk
   * @param age at least a minute
   */
  public Store commandJournal(int bytes, Duration age) {
    if (bytes < LEAST_JOURNAL_BYTES || bytes > LARGEST_JOURNAL_BYTES) {
      throw new IllegalArgumentException(
          "a command journal must have "
              + LEAST_JOURNAL_BYTES
              + " to "
              + LARGEST_JOURNAL_BYTES
              + " bytes, not "
              + bytes);
    }
    Duration checked =
        DeviceBuilder.within("age", age, Duration.ofMinutes(1), Duration.ofDays(36_500));
    return new Store(folder, sync, interval, newestFirst, bytes, checked);
  }

  Path folder() {
    return folder;
  }

  Sync sync() {
    return sync;
  }

  Duration interval() {
    return interval;
  }

  boolean isNewestFirst() {
    return newestFirst;
  }

  int journalBytes() {
    return journalBytes;
  }

  Duration journalAge() {
    return journalAge;
  }
}
