package io.mooring.device.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A few numbers that change often. They are written to two places in turn, each with a checksum, so
 * that a write which is torn leaves those before it.
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
  private boolean dirty;

  /** Opens the file; all numbers are 0 when it is new. */
  StateFile(Path folder, boolean fresh, Disk disk) throws IOException {
    this.disk = disk;
    this.file = new RandomAccessFile(folder.resolve(NAME).toFile(), "rw");
    if (!fresh && !read()) {
      file.close();
      throw new StoreException(
          folder,
          "its file 'state' is damaged. Put it back from a copy, or move the folder away: the"
              + " device then begins anew, without what the folder holds");
    }
  }

  private boolean read() throws IOException {
    boolean found = false;
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer read = slot(slot);
      if (read != null && (!found || read.getLong(0) > generation)) {
        found = true;
        generation = read.getLong();
        read.asLongBuffer().get(fields);
      }
    }
    return found;
  }

  private @Nullable ByteBuffer slot(int slot) throws IOException {
    byte[] bytes = new byte[SLOT_BYTES];
    long at = (long) slot * SLOT_DISTANCE;
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
   * @param force whether they are on the disk when this returns
   */
  public synchronized void write(boolean force) throws IOException {
    generation++;
    ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).putLong(generation);
    for (long field : fields) {
      slot.putLong(field);
    }
    slot.putInt(checksum(slot.array()));
    file.seek((generation & 1) * SLOT_DISTANCE);
    file.write(slot.array());
    dirty = true;
    if (force) {
      sync();
    }
  }

  /** Forces what is not yet on the disk. */
  public synchronized void sync() throws IOException {
    if (dirty) {
      disk.force(file);
      dirty = false;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try (file) {
      sync();
    }
  }
}
