package io.mooring.device.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in the order they were appended, in numbered files of about the same size. */
public final class SegmentLog implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SegmentLog.class);
  static final String SUFFIX = ".seg";

  /** Of a segment's number in the name of its file. */
  private static final int DIGITS = 10;

  private final Path folder;
  private final String name;
  private final long salt;
  private final Settings settings;
  private final TreeMap<Long, Integer> sizes = new TreeMap<>();
  private @Nullable RandomAccessFile active;
  private long bytes;
  private boolean dirty;

  /** Reads all there is; a torn end is cut off. */
  SegmentLog(Path folder, String name, long salt, Settings settings, Replay replay)
      throws IOException {
    this.folder = folder;
    this.name = name;
    this.salt = salt;
    this.settings = settings;
    List<Long> numbers = StoreFolder.segments(folder, name);
    for (long number : numbers) {
      boolean last = number == numbers.get(numbers.size() - 1);
      replay.segment(number);
      recover(number, last, replay);
    }
    active = openActive(sizes.isEmpty() ? 1 : sizes.lastKey());
    dirty = activeSize() > 0; // a process that was killed may not have forced it
  }

  private void recover(long number, boolean last, Replay replay) throws IOException {
    int size = (int) Math.min(Files.size(path(number)), Integer.MAX_VALUE);
    try (SegmentReader reader = reader(number, 0)) {
      for (byte[] record = reader.next(size); record != null; record = reader.next(size)) {
        replay.record(number, reader.end() - record.length - Framing.HEAD_BYTES, record);
      }
      if (reader.skipped() > 0) {
        log.warn("Stepped over {} damaged bytes in {}", reader.skipped(), path(number));
      }
      if (reader.end() < size) {
        log.warn("Left out {} bytes at the end of {}", size - reader.end(), path(number));
        // What cannot be read now may be another time.
        size = last && !reader.isUnreadable() ? cut(number, reader.end()) : size;
      }
    }
    sizes.put(number, size);
    bytes += size;
  }

  private int cut(long number, int size) throws IOException {
    try (RandomAccessFile file = settings.disk().open(path(number), "rw")) {
      file.setLength(size);
      settings.disk().force(file);
    }
    return size;
  }

  private RandomAccessFile openActive(long number) throws IOException {
    boolean fresh = !sizes.containsKey(number);
    RandomAccessFile file = settings.disk().open(path(number), "rw");
    if (fresh) {
      try {
        file.setLength(0); // left behind by an attempt that failed
      } catch (IOException e) {
        file.close();
        throw e;
      }
      settings.disk().forceFolder(folder);
      sizes.put(number, 0);
    }
    return file;
  }

  /** Where a record of this length would go fits what is there already. */
  public synchronized boolean hasRoom(int length) {
    int size = activeSize();
    return size == 0 || size + Framing.HEAD_BYTES + length <= settings.segmentBytes();
  }

  /** Records from now on go to a new segment. */
  public synchronized void rotate() throws IOException {
    RandomAccessFile old = open();
    sync();
    active = openActive(newest() + 1);
    old.close();
  }

  /**
   * Writes a record; it is on the disk when this returns if the log is to force each.
   *
   * @return where it begins, in {@link #newest}
   * @throws IOException when it could not be written; it is not there then
   */
  public synchronized int append(byte[] payload) throws IOException {
    return append(payload, settings.forceEach());
  }

  /** Writes a record that is not missed should a power cut take it back. */
  public synchronized void note(byte[] payload) throws IOException {
    append(payload, false);
  }

  private int append(byte[] payload, boolean force) throws IOException {
    RandomAccessFile file = open();
    long number = sizes.lastKey();
    int offset = activeSize();
    byte[] frame = Framing.frame(salt, number, offset, payload);
    try {
      file.seek(offset);
      file.write(frame);
      if (force) {
        force();
      } else {
        dirty = true;
      }
    } catch (IOException e) {
      takeBack(file, offset, e);
      throw e;
    }
    sizes.put(number, offset + frame.length);
    bytes += frame.length;
    return offset;
  }

  private static void takeBack(RandomAccessFile file, int size, IOException cause) {
    try {
      file.setLength(size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Forces what is not yet on the disk. */
  public synchronized void sync() throws IOException {
    if (dirty) {
      force();
    }
  }

  /** Forces the newest segment to the disk. */
  public synchronized void force() throws IOException {
    settings.disk().force(open());
    dirty = false;
  }

  private RandomAccessFile open() throws IOException {
    if (active == null) {
      throw new IOException("the store is closed");
    }
    return active;
  }

  /** Removes a segment that is not the newest, for good. */
  public synchronized void delete(long number) throws IOException {
    if (number == newest()) {
      throw new IllegalArgumentException("segment " + number + " is being written to");
    }
    Integer size = sizes.remove(number);
    bytes -= size == null ? 0 : size;
    settings.disk().delete(path(number));
    settings.disk().forceFolder(folder);
  }

  /** The number of the segment that records are appended to. */
  public synchronized long newest() {
    return sizes.lastKey();
  }

  /** The number of the next segment behind this one; -1 when it is the newest. */
  public synchronized long after(long number) {
    Long next = sizes.higherKey(number);
    return next == null ? -1 : next;
  }

  public synchronized long oldest() {
    return sizes.firstKey();
  }

  public synchronized int size(long number) {
    return sizes.getOrDefault(number, 0);
  }

  private int activeSize() {
    return sizes.lastEntry().getValue();
  }

  /** Bytes of all files. */
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * @throws IOException when the file cannot be opened; see {@link #exists}
   */
  public SegmentReader reader(long number, int offset) throws IOException {
    return new SegmentReader(settings.disk().open(path(number), "r"), salt, number, offset);
  }

  /** Whether the file is where it belongs. */
  public boolean exists(long number) {
    return !Files.notExists(path(number));
  }

  private Path path(long number) {
    String digits = Long.toString(number);
    String zeros = "0".repeat(Math.max(0, DIGITS - digits.length()));
    return folder.resolve(name + "-" + zeros + digits + SUFFIX);
  }

  /** The number of the segment of this log that the file is; -1 when it is none. */
  static long number(String file, String log) {
    int start = log.length() + 1;
    int end = start + DIGITS;
    if (!file.startsWith(log + "-") || file.length() < end || !file.substring(end).equals(SUFFIX)) {
      return -1;
    }
    for (int i = start; i < end; i++) {
      if (file.charAt(i) < '0' || file.charAt(i) > '9') {
        return -1;
      }
    }
    return Long.parseLong(file.substring(start, end));
  }

  /** Forces what is not on the disk yet, and writes no more. */
  @Override
  public synchronized void close() throws IOException {
    RandomAccessFile file = active;
    if (file != null) {
      try {
        sync();
      } finally {
        active = null;
        file.close();
      }
    }
  }

  /**
   * @param segmentBytes how large a segment gets before the next is begun
   * @param forceEach whether each record is forced to the disk before {@link #append} returns
   */
  public record Settings(int segmentBytes, boolean forceEach, Disk disk) {}

  /** Hears of every record found when the log is opened, in order. */
  @FunctionalInterface
  public interface Replay {
    /** The records from now on are of this segment; there may be none. */
    default void segment(long number) {}

    void record(long segment, int offset, byte[] payload) throws IOException;
  }
}
