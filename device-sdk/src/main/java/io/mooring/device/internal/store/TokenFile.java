package io.mooring.device.internal.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that holds a token and nothing else. Another token is written to a file beside it, which
 * is forced and then takes its name: after a power cut at any moment one of the two is there,
 * whole.
 */
public final class TokenFile {
  private static final String OWNER_ONLY = "rw-------";

  private final Path file;
  private final Path next;
  private final Path folder;
  private final Disk disk;

  public TokenFile(Path file, Disk disk) {
    Path whole = file.toAbsolutePath();
    Path parent = whole.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is no file");
    }
    this.file = whole;
    this.folder = parent;
    this.next = parent.resolve(whole.getFileName() + ".next");
    this.disk = disk;
  }

  /**
   * The token, without spaces or line ends around it. What a killed process has written may not be
   * on the disk yet: it is when this returns, so that a power cut cannot take back what was used.
   */
  public String read() throws IOException {
    try (RandomAccessFile opened = disk.open(file, "r")) {
      byte[] bytes = new byte[Math.toIntExact(Math.min(opened.length(), 1024))];
      opened.readFully(bytes);
      disk.force(opened);
      disk.forceFolder(folder);
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    } catch (FileNotFoundException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no token");
    }
  }

  /** Whether there is a file. */
  public boolean exists() {
    return Files.exists(file);
  }

  /** Puts another token in its place; it is on the disk when this returns. */
  public void write(String token) throws IOException {
    disk.delete(next); // left behind by an attempt that was cut off
    createForOwner();
    try (RandomAccessFile opened = disk.open(next, "rw")) {
      opened.write((token + "\n").getBytes(StandardCharsets.US_ASCII));
      disk.force(opened);
    }
    disk.rename(next, file);
    disk.forceFolder(folder);
  }

  /** Before anything is in it nobody else may read it. */
  private void createForOwner() throws IOException {
    try {
      Files.createFile(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
    } catch (UnsupportedOperationException e) {
      Files.createFile(next); // not POSIX: as the folder allows
    }
  }
}
