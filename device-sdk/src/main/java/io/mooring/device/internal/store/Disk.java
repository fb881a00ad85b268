package io.mooring.device.internal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes the operating system write to the device what it has taken. */
@FunctionalInterface
public interface Disk {
  Disk REAL = file -> file.getFD().sync();

  void force(RandomAccessFile file) throws IOException;

  /** A file made in the folder is found again after a power cut. */
  static void forceFolder(Path folder) {
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
