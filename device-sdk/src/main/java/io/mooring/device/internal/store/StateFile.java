package io.mooring.device.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A few numbers that change often. They have two places, each with a checksum. The one that was
 * forced last is left alone until the other is forced, so that whatever a power cut makes of the
 * writes between, these numbers are there.
 */
public final class StateFile implements Closeable {
  public static final int FIELDS = 16;

  static final String NAME = "state";

  private static final int SLOT_BYTES = (1 + FIELDS) * Long.BYTES + Integer.BYTES;

  /** Of different blocks of the disk, which a power cut may leave half written. */
  private static final int SLOT_DISTANCE = 4096;

  private final RandomAccessFile file;
  private final Disk disk;
  private final long[] fields = new long[FIELDS];
  private long generation;
  private int slot;

  /** Whether the slot may still be written to: the other one is on the disk. */
  private boolean open;

  private boolean dirty;

  private StateFile(Path folder, Disk disk) throws IOException {
    this.disk = disk;
    this.file = disk.open(folder.resolve(NAME), "rw");
  }

  /** Makes the file, with this in field 0 and 0 in all others, and forces it. */
  static StateFile make(Path folder, Disk disk, long field0) throws IOException {
    StateFile state = new StateFile(folder, disk);
    try {
      state.file.setLength(0); // left behind by an attempt that failed
      state.set(0, field0);
      // Both places have their blocks then: a full disk cannot keep the numbers from changing.
      state.write(true);
      state.write(true);
      return state;
    } catch (IOException e) {
      state.file.close();
      throw e;
    }
  }

  static StateFile existing(Path folder, Disk disk) throws IOException {
    StateFile state = new StateFile(folder, disk);
    try {
      if (state.read()) {
        disk.force(state.file); // what a killed process has written may not be there yet
        return state;
      }
    } catch (IOException e) {
      state.file.close();
      throw e;
    }
    state.file.close();
    throw new StoreException(
        folder,
        "its file 'state' is damaged. Put it back from a copy, or move the folder away: the"
            + " device then begins anew, without what the folder holds");
  }

  private boolean read() throws IOException {
    boolean found = false;
    for (int place = 0; place < 2; place++) {
      ByteBuffer read = slot(place);
      if (read != null && (!found || read.getLong(0) > generation)) {
        found = true;
        generation = read.getLong();
        read.asLongBuffer().get(fields);
        slot = place;
      }
    }
    return found;
  }

  private @Nullable ByteBuffer slot(int place) throws IOException {
    byte[] bytes = new byte[SLOT_BYTES];
    long at = (long) place * SLOT_DISTANCE;
    if (file.length() < at + SLOT_BYTES) {
      return null;
    }
    file.seek(at);
    file.readFully(bytes);
    ByteBuffer read = ByteBuffer.wrap(bytes);
    return read.getInt(SLOT_BYTES - Integer.BYTES) == checksum(bytes) ? read : null;
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, SLOT_BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }

  public synchronized long get(int field) {
    return fields[field];
  }

  /** Takes effect with the next {@link #write}. */
  public synchronized void set(int field, long value) {
    fields[field] = value;
  }

  /**
   * Writes all numbers.
   *
   * @param force whether they are on the disk when this returns; otherwise with the next {@link
   *     #sync}
   */
  public synchronized void write(boolean force) throws IOException {
    note();
    dirty = true;
    if (force) {
      sync();
    }
  }

  /** Writes all numbers; a power cut may take back what has changed since the last force. */
  public synchronized void note() throws IOException {
    generation++;
    ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES).putLong(generation);
    for (long field : fields) {
      bytes.putLong(field);
    }
    bytes.putInt(checksum(bytes.array()));
    if (!open) {
      slot = 1 - slot;
      open = true;
    }
    file.seek((long) slot * SLOT_DISTANCE);
    file.write(bytes.array());
  }

  /** Forces what is not yet on the disk. */
  public synchronized void sync() throws IOException {
    if (dirty) {
      disk.force(file);
      dirty = false;
      open = false;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try (file) {
      sync();
    }
  }
}
