package io.mooring.device.internal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Real files in one folder, and a record of what a power cut may leave of them: of each file what
 * was forced, and of the writes since then any, each whole, in part, or not at all; of the folder's
 * entries those that were forced, and of the changes since then any number, in order.
 */
public final class PowerCutDisk implements Disk {
  private final Random random;
  private final Map<String, Contents> now = new HashMap<>();
  private Map<String, Contents> forced = new HashMap<>();
  private final List<Map<String, Contents>> unforced = new ArrayList<>();
  private int processes;
  private int left = Integer.MAX_VALUE;

  public PowerCutDisk(Random random) {
    this.random = random;
  }

  /** As found after the power came back: all of it has been on the disk for long. */
  public static PowerCutDisk over(Path folder, Random random) throws IOException {
    PowerCutDisk disk = new PowerCutDisk(random);
    if (Files.exists(folder)) {
      try (var found = Files.list(folder)) {
        for (Path file : found.toList()) {
          disk.now.put(file.getFileName().toString(), new Contents(Files.readAllBytes(file)));
        }
      }
    }
    disk.forced = new HashMap<>(disk.now);
    return disk;
  }

  /** The power goes before so many more things are done to files; nobody notices at once. */
  public void failAfter(int steps) {
    left = steps;
  }

  public boolean hasPower() {
    return left > 0;
  }

  private boolean step() {
    left = Math.max(0, left - 1);
    return left > 0;
  }

  /** The process is gone: what it still does with its files is without effect. */
  public void kill() {
    processes++;
  }

  @Override
  public void force(RandomAccessFile file) {
    Recorded recorded = (Recorded) file;
    if (recorded.lives() && step()) {
      recorded.contents.forced = recorded.contents.present;
      recorded.contents.writes.clear();
    }
  }

  @Override
  public void forceFolder(Path folder) {
    if (!step()) {
      return;
    }
    forced = new HashMap<>(now);
    unforced.clear();
  }

  @Override
  public RandomAccessFile open(Path path, String mode) throws IOException {
    String name = path.getFileName().toString();
    if (mode.equals("rw") && !now.containsKey(name)) {
      now.put(name, new Contents(new byte[0]));
      changed();
    }
    return new Recorded(path, mode, Objects.requireNonNull(now.get(name)));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Disk.super.rename(from, to);
    Contents moved = Objects.requireNonNull(now.remove(from.getFileName().toString()));
    now.put(to.getFileName().toString(), moved);
    changed();
  }

  @Override
  public void delete(Path file) throws IOException {
    Disk.super.delete(file);
    now.remove(file.getFileName().toString());
    changed();
  }

  private void changed() {
    if (step()) {
      unforced.add(new HashMap<>(now));
    }
  }

  /** Makes in an empty folder what is found after a power cut at this moment. */
  public void cut(Path target) throws IOException {
    Map<String, Contents> entries = forced;
    int changes = random.nextInt(unforced.size() + 1);
    if (changes > 0) {
      entries = unforced.get(changes - 1);
    }
    Files.createDirectories(target);
    for (Map.Entry<String, Contents> entry : entries.entrySet()) {
      Files.write(target.resolve(entry.getKey()), entry.getValue().after(random));
    }
  }

  /** What a file holds, and held when it was forced last. */
  private static final class Contents {
    byte[] present;
    byte[] forced = new byte[0];
    final List<Change> writes = new ArrayList<>();

    Contents(byte[] found) {
      present = found;
      forced = found;
    }

    void write(Change change) {
      writes.add(change);
      present = change.on(present);
    }

    byte[] after(Random random) {
      byte[] bytes = forced;
      for (Change write : writes) {
        switch (random.nextInt(3)) {
          case 0 -> bytes = write.on(bytes);
          case 1 -> bytes = write.torn(random).on(bytes);
          default -> {}
        }
      }
      return bytes;
    }
  }

  /** A write, or without bytes a new length. */
  private static final class Change {
    private final int at;
    private final byte[] bytes;

    Change(int at, byte[] bytes) {
      this.at = at;
      this.bytes = bytes;
    }

    byte[] on(byte[] before) {
      if (bytes.length == 0) {
        return Arrays.copyOf(before, at);
      }
      byte[] after = Arrays.copyOf(before, Math.max(before.length, at + bytes.length));
      System.arraycopy(bytes, 0, after, at, bytes.length);
      return after;
    }

    Change torn(Random random) {
      if (bytes.length == 0) {
        return this;
      }
      int from = random.nextInt(bytes.length);
      int to = from + 1 + random.nextInt(bytes.length - from);
      return new Change(at + from, Arrays.copyOfRange(bytes, from, to));
    }
  }

  private final class Recorded extends RandomAccessFile {
    private final Contents contents;
    private final int process = processes;

    Recorded(Path path, String mode, Contents contents) throws IOException {
      super(path.toFile(), mode);
      this.contents = contents;
    }

    boolean lives() {
      return process == processes;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      if (!lives()) {
        return;
      }
      if (step()) {
        contents.write(new Change((int) getFilePointer(), bytes.clone()));
      }
      super.write(bytes);
    }

    @Override
    public void setLength(long length) throws IOException {
      if (!lives()) {
        return;
      }
      if (step()) {
        contents.write(new Change((int) length, new byte[0]));
      }
      super.setLength(length);
    }
  }
}
