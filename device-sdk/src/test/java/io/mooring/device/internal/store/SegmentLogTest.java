package io.mooring.device.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {
  private static final long SALT = 0x1122334455667788L;
  private static final Disk NOTHING = file -> {};
  private static final String FIRST = "log-0000000001.seg";

  @TempDir Path folder;

  @Test
  void givesBackWhatWasAppendedAcrossSegments() throws IOException {
    List<String> written = new ArrayList<>();
    try (SegmentLog log = open(1_000, new ArrayList<>())) {
      for (int i = 0; i < 100; i++) {
        String record = "record " + i;
        if (!log.hasRoom(record.length())) {
          log.rotate();
        }
        log.append(record.getBytes(StandardCharsets.UTF_8));
        written.add(record);
      }
      assertThat(log.newest()).isEqualTo(2);
    }
    List<String> found = new ArrayList<>();
    try (SegmentLog log = open(1_000, found)) {
      assertThat(found).isEqualTo(written);
      log.delete(1);
      assertThat(log.oldest()).isEqualTo(2);
      assertThat(log.bytes()).isEqualTo(Files.size(folder.resolve("log-0000000002.seg")));
    }
    assertThat(Files.exists(folder.resolve(FIRST))).isFalse();
  }

  @Test
  void aFileCutAnywhereGivesAPrefixAndGoesOn() throws IOException {
    List<byte[]> written = realistic();
    byte[] whole = Files.readAllBytes(folder.resolve(FIRST));
    for (int length = 0; length <= whole.length; length++) {
      Files.write(folder.resolve(FIRST), Arrays.copyOf(whole, length));
      List<byte[]> found = reopenAndAppend();
      int records = wholeRecordsIn(written, length);
      assertThat(found.size()).as("cut to %s", length).isEqualTo(records);
      assertSame(found, written.subList(0, records));
    }
  }

  @Test
  void aFileWhoseEndIsRubbishGivesAPrefixAndGoesOn() throws IOException {
    List<byte[]> written = realistic();
    byte[] whole = Files.readAllBytes(folder.resolve(FIRST));
    Random random = new Random(7);
    for (int kept = 0; kept < whole.length; kept += 7) {
      byte[] file = whole.clone();
      byte[] rubbish = new byte[whole.length - kept];
      if (kept % 2 == 0) {
        random.nextBytes(rubbish); // else zeros, as some file systems leave behind
      }
      System.arraycopy(rubbish, 0, file, kept, rubbish.length);
      Files.write(folder.resolve(FIRST), file);
      List<byte[]> found = reopenAndAppend();
      assertSame(found, written.subList(0, wholeRecordsIn(written, kept)));
    }
  }

  @Test
  void aFlippedByteCostsItsRecordAlone() throws IOException {
    List<byte[]> written = realistic();
    byte[] whole = Files.readAllBytes(folder.resolve(FIRST));
    for (int at = 0; at < whole.length; at++) {
      byte[] file = whole.clone();
      file[at] ^= (byte) (1 << at % 8);
      Files.write(folder.resolve(FIRST), file);
      List<byte[]> found = reopenAndAppend();
      List<byte[]> left = new ArrayList<>(written);
      left.remove(wholeRecordsIn(written, at));
      assertThat(found.size()).as("byte %s flipped", at).isEqualTo(left.size());
      assertSame(found, left);
    }
  }

  @Test
  void whatTheDiskCannotReadIsSteppedOverAndNotCutOff() throws IOException {
    List<byte[]> written = realistic();
    long size = Files.size(folder.resolve(FIRST));
    for (int bad : new int[] {0, 600, (int) size - 1}) {
      Disk broken = new BadSector(bad);
      List<byte[]> found = new ArrayList<>();
      log(1 << 20, false, broken, found).close();
      assertThat(found.size()).as("%s cannot be read", bad).isBetween(1, written.size() - 1);
      assertThat(written.stream().filter(record -> found.stream().anyMatch(f -> same(f, record))))
          .hasSameSizeAs(found);
      List<byte[]> later = new ArrayList<>();
      log(1 << 20, false, NOTHING, later).close();
      assertSame(later, written);
    }
  }

  private static boolean same(byte[] a, byte[] b) {
    return Arrays.equals(a, b);
  }

  /** 512 bytes that cannot be read. */
  private record BadSector(long at) implements Disk {
    @Override
    public void force(RandomAccessFile file) {}

    @Override
    public RandomAccessFile open(Path file, String mode) throws IOException {
      return new RandomAccessFile(file.toFile(), mode) {
        @Override
        public int read(byte[] into, int from, int length) throws IOException {
          long position = getFilePointer();
          long sector = at - at % 512;
          if (position >= sector && position < sector + 512) {
            throw new IOException("Input/output error");
          }
          long good = position < sector ? sector - position : length;
          return super.read(into, from, (int) Math.min(length, good));
        }
      };
    }
  }

  @Test
  void aRecordAtAnotherPlaceIsNone() throws IOException {
    byte[] inner = Framing.frame(SALT, 1, 0, new byte[] {1, 2, 3});
    byte[] stale = Framing.frame(SALT, 2, 0, new byte[] {1, 2, 3});
    Files.write(folder.resolve(FIRST), stale);
    List<byte[]> found = new ArrayList<>();
    try (SegmentLog log = log(1 << 20, false, NOTHING, found)) {
      assertThat(found).as("of another segment").isEmpty();
      log.append(inner);
    }
    byte[] file = Files.readAllBytes(folder.resolve(FIRST));
    file[5] ^= 1;
    Files.write(folder.resolve(FIRST), file);
    log(1 << 20, false, NOTHING, found).close();
    assertThat(found).as("within a payload").isEmpty();
  }

  @Test
  void forcesEachRecordOrWhenTold() throws IOException {
    int[] forced = new int[1];
    Disk disk = file -> forced[0]++;
    try (SegmentLog log = log(1 << 20, true, disk, new ArrayList<>())) {
      log.append(new byte[1]);
      log.append(new byte[1]);
      assertThat(forced[0]).isEqualTo(2);
    }
    forced[0] = 0;
    try (SegmentLog log = log(1 << 20, false, disk, new ArrayList<>())) {
      log.append(new byte[1]);
      assertThat(forced[0]).isZero();
      log.sync();
      log.sync();
      assertThat(forced[0]).as("only what is new").isEqualTo(1);
      log.append(new byte[1]);
      log.rotate();
      assertThat(forced[0]).as("before the next segment begins").isEqualTo(2);
    }
  }

  @Test
  void aRecordThatCannotBeForcedIsTakenBack() throws IOException {
    boolean[] broken = {false};
    Disk disk =
        file -> {
          if (broken[0]) {
            throw new IOException("no space left on device");
          }
        };
    try (SegmentLog log = log(1 << 20, true, disk, new ArrayList<>())) {
      log.append(new byte[] {1});
      broken[0] = true;
      assertThatThrownBy(() -> log.append(new byte[] {2})).hasMessageContaining("no space");
      broken[0] = false;
      log.append(new byte[] {3});
    }
    List<byte[]> found = new ArrayList<>();
    log(1 << 20, true, NOTHING, found).close();
    assertSame(found, List.of(new byte[] {1}, new byte[] {3}));
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() throws IOException {
    List<byte[]> found = new ArrayList<>();
    try (SegmentLog log = log(1 << 20, true, Disk.REAL, found)) {
      Thread.currentThread().interrupt();
      log.append(new byte[] {1});
      log.rotate();
      log.append(new byte[] {2});
      assertThat(Thread.interrupted()).isTrue();
      log.append(new byte[] {3});
    }
    log(1 << 20, true, Disk.REAL, found).close();
    assertSame(found, List.of(new byte[] {1}, new byte[] {2}, new byte[] {3}));
  }

  /** Records of many sizes, with bytes in them that look like the beginning of a record. */
  private List<byte[]> realistic() throws IOException {
    Random random = new Random(42);
    List<byte[]> written = new ArrayList<>();
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(FIRST).toFile(), "rw")) {
      file.setLength(0);
    }
    try (SegmentLog log = log(1 << 20, false, NOTHING, new ArrayList<>())) {
      for (int i = 0; i < 24; i++) {
        byte[] record = new byte[1 + random.nextInt(120)];
        random.nextBytes(record);
        for (int j = 0; j + 4 < record.length; j += 9) {
          record[j] = (byte) Framing.MARK;
          record[j + 1] = 0;
          record[j + 2] = 0;
        }
        log.append(record);
        written.add(record);
      }
    }
    return written;
  }

  private List<byte[]> reopenAndAppend() throws IOException {
    byte[] next = "the next".getBytes(StandardCharsets.UTF_8);
    List<byte[]> found = new ArrayList<>();
    try (SegmentLog log = log(1 << 20, false, NOTHING, found)) {
      log.append(next);
    }
    List<byte[]> again = new ArrayList<>();
    log(1 << 20, false, NOTHING, again).close();
    assertThat(again.remove(again.size() - 1)).isEqualTo(next);
    assertSame(again, found);
    return found;
  }

  private static int wholeRecordsIn(List<byte[]> records, int length) {
    int end = 0;
    for (int i = 0; i < records.size(); i++) {
      end += Framing.HEAD_BYTES + records.get(i).length;
      if (end > length) {
        return i;
      }
    }
    return records.size();
  }

  private static void assertSame(List<byte[]> found, List<byte[]> expected) {
    assertThat(found.size()).isEqualTo(expected.size());
    for (int i = 0; i < found.size(); i++) {
      assertThat(Arrays.equals(found.get(i), expected.get(i))).as("record %s", i).isTrue();
    }
  }

  private SegmentLog open(int segmentBytes, List<String> found) throws IOException {
    return new SegmentLog(
        folder,
        "log",
        SALT,
        new SegmentLog.Settings(segmentBytes, false, NOTHING),
        (segment, at, record) -> found.add(new String(record, StandardCharsets.UTF_8)));
  }

  private SegmentLog log(int segmentBytes, boolean forceEach, Disk disk, List<byte[]> found)
      throws IOException {
    return new SegmentLog(
        folder,
        "log",
        SALT,
        new SegmentLog.Settings(segmentBytes, forceEach, disk),
        (segment, at, record) -> found.add(record));
  }
}
