package io.mooring.device.internal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * All that is done to files. What was written is certain to be there after a power cut only once it
 * was forced: the bytes of a file by {@link #force}, its being there, its name and its being gone
 * by {@link #forceFolder}.
 */
@FunctionalInterface
public interface Disk {
  Disk REAL =
      new Disk() {
        @Override
        public void force(RandomAccessFile file) throws IOException {
          file.getFD().sync();
        }
      };

  /** Makes the operating system write to the device what it has taken. */
  void force(RandomAccessFile file) throws IOException;

  /** As the constructor of the class does. */
  default RandomAccessFile open(Path file, String mode) throws IOException {
    return new RandomAccessFile(file.toFile(), mode);
  }

  /** The new name may be taken; it stands for one of the two files at any time. */
  default void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  default void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** The files of the folder are those it has now, whatever happens. */
  default void forceFolder(Path folder) {
    // The interrupt would close the channel; it is the program's, and meant for something else.
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system can do this (Windows cannot); those that cannot do not need it.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
