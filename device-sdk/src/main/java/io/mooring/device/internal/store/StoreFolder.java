package io.mooring.device.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A folder of one device, held by one process. It has the files {@code version} (one line), {@code
 * lock}, {@code state} ({@link StateFile}) and the segments of its logs.
 */
public final class StoreFolder implements Closeable {
  private static final String VERSION = "version";
  private static final String VERSION_DRAFT = "version.new";
  private static final String LOCK = "lock";
  private static final String VERSION_LINE = "mooring device store ";
  private static final int THIS_VERSION = 1;
  private static final Set<String> BEFORE_VERSION = Set.of(LOCK, StateFile.NAME, VERSION_DRAFT);

  /**
   * Those this process has open. The system's lock is the process's: closing any other descriptor
   * of the lock file would give it up.
   */
  private static final Set<Path> IN_USE = new HashSet<>(); // guarded by itself

  private final Path folder;
  private final Disk disk;
  private final Path identity;
  private final RandomAccessFile lock;
  private final StateFile state;
  private final List<SegmentLog> logs = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private StoreFolder(
      Path folder, Disk disk, Path identity, RandomAccessFile lock, StateFile state) {
    this.folder = folder;
    this.disk = disk;
    this.identity = identity;
    this.lock = lock;
    this.state = state;
  }

  /**
   * Opens the folder, or makes it.
   *
   * @param random for the mark that tells records of one store from those of another
   * @throws StoreException when it is in use, foreign, damaged or of a newer version
   */
  public static StoreFolder open(Path path, Disk disk, long random) throws IOException {
    Path folder = path.toAbsolutePath().normalize();
    makeFolder(folder, disk);
    boolean fresh = !Files.exists(folder.resolve(VERSION));
    if (fresh) {
      refuseForeign(folder);
    }
    Path identity = folder.toRealPath();
    synchronized (IN_USE) {
      if (!IN_USE.add(identity)) {
        throw inUse(folder, "another device of this program");
      }
    }
    RandomAccessFile lock = null;
    try {
      lock = lock(folder);
      StateFile state = fresh ? make(folder, disk, random) : existing(folder, disk);
      return new StoreFolder(folder, disk, identity, lock, state);
    } catch (IOException | RuntimeException e) {
      if (lock != null) {
        lock.close();
      }
      release(identity);
      throw e;
    }
  }

  /** Each folder that is new is in the one above it for good. */
  private static void makeFolder(Path folder, Disk disk) throws IOException {
    Path parent = folder.getParent();
    if (!Files.exists(folder) && parent != null) {
      makeFolder(parent, disk);
      Files.createDirectories(folder);
      disk.forceFolder(parent);
    }
  }

  private static void release(Path identity) {
    synchronized (IN_USE) {
      IN_USE.remove(identity);
    }
  }

  private static StoreException inUse(Path folder, String owner) {
    return new StoreException(
        folder, "it is in use by " + owner + ". End that one, or give each device its own folder");
  }

  private static void refuseForeign(Path folder) throws StoreException, IOException {
    String other = null;
    for (String name : names(folder)) {
      if (name.endsWith(SegmentLog.SUFFIX) && !name.startsWith(".")) {
        throw new StoreException(
            folder,
            "its file 'version' is missing. Put it back (one line: '"
                + VERSION_LINE
                + THIS_VERSION
                + "'), or move the folder away to begin anew");
      }
      if (!name.startsWith(".") && !name.equals("lost+found") && !BEFORE_VERSION.contains(name)) {
        other = name;
      }
    }
    if (other != null) {
      throw new StoreException(
          folder, "it holds other files (" + other + "). Name an empty or new folder");
    }
  }

  private static RandomAccessFile lock(Path folder) throws IOException {
    RandomAccessFile file = new RandomAccessFile(folder.resolve(LOCK).toFile(), "rw");
    try {
      if (file.getChannel().tryLock() != null) {
        file.setLength(0);
        file.write(
            Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
        return file;
      }
      throw inUse(folder, file.length() == 0 ? "another process" : "process " + file.readLine());
    } catch (OverlappingFileLockException e) {
      file.close();
      throw inUse(folder, "another copy of the SDK in this program");
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The version comes last: with it, all there is to a folder is on the disk. */
  private static StateFile make(Path folder, Disk disk, long random) throws IOException {
    StateFile state = StateFile.make(folder, disk, random);
    try {
      Path draft = folder.resolve(VERSION_DRAFT);
      try (RandomAccessFile file = disk.open(draft, "rw")) {
        file.setLength(0);
        file.write((VERSION_LINE + THIS_VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
        disk.force(file);
      }
      disk.forceFolder(folder);
      disk.rename(draft, folder.resolve(VERSION));
      disk.forceFolder(folder);
      return state;
    } catch (IOException | RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private static StateFile existing(Path folder, Disk disk) throws IOException {
    checkVersion(folder);
    if (!Files.exists(folder.resolve(StateFile.NAME))) {
      throw new StoreException(
          folder,
          "its file 'state' is missing. Put it back from a copy, or move the folder away: the"
              + " device then begins anew, without what the folder holds");
    }
    return StateFile.existing(folder, disk);
  }

  private static void checkVersion(Path folder) throws IOException {
    String line =
        new String(Files.readAllBytes(folder.resolve(VERSION)), StandardCharsets.ISO_8859_1)
            .strip();
    if (line.equals(VERSION_LINE + THIS_VERSION)) {
      return;
    }
    String why =
        line.matches(VERSION_LINE + "[0-9]{1,9}")
            ? "it was made by a newer version of the SDK. Run that one, or move the folder away to"
                + " begin anew"
            : "its file 'version' is not the SDK's. If the folder is, let it be one line: '"
                + VERSION_LINE
                + THIS_VERSION
                + "'; otherwise name another folder";
    throw new StoreException(folder, why);
  }

  public Path path() {
    return folder;
  }

  /** Field 0 is this folder's own. */
  public StateFile state() {
    return state;
  }

  /** Opens a log and hands over what it holds. */
  public SegmentLog log(String name, int segmentBytes, boolean forceEach, SegmentLog.Replay replay)
      throws IOException {
    SegmentLog log =
        new SegmentLog(
            folder,
            name,
            state.get(0),
            new SegmentLog.Settings(segmentBytes, forceEach, disk),
            replay);
    synchronized (logs) {
      logs.add(log);
    }
    return log;
  }

  static List<Long> segments(Path folder, String name) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String file : names(folder)) {
      long number = SegmentLog.number(file, name);
      if (number >= 0) {
        numbers.add(number);
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  private static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        names.add(file.getFileName().toString());
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** Forces everything to the disk that is not there yet. May be called from any thread. */
  public void sync() throws IOException {
    List<SegmentLog> all;
    synchronized (logs) {
      all = List.copyOf(logs);
    }
    for (SegmentLog log : all) {
      log.sync();
    }
    state.sync();
  }

  /** Forces, closes and gives the folder free. */
  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    IOException failed = null;
    List<Closeable> all = new ArrayList<>(logs);
    all.add(state);
    all.add(lock);
    for (Closeable file : all) {
      try {
        file.close();
      } catch (IOException e) {
        failed = e;
      }
    }
    release(identity);
    if (failed != null) {
      throw failed;
    }
  }
}
