package io.mooring.device.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose disk, or whose process, is in trouble. */
class StoredOutboxTroubleTest {
  private static final int MAX_BYTES = 1024 * 1024;

  @TempDir Path parent;
  private final Random random = new Random(5);
  private final Troubled disk = new Troubled();
  @Nullable StoreFolder folder;
  private StoredOutbox outbox;

  @BeforeEach
  void open() throws IOException {
    folder = StoreFolder.open(parent.resolve("store"), disk, random.nextLong());
    outbox =
        new StoredOutbox(
            folder, new StoredOutbox.Settings(MAX_BYTES, false, false), random::nextLong);
  }

  @AfterEach
  void close() throws IOException {
    outbox.close();
    if (folder != null) {
      folder.close();
    }
  }

  private void reopen() throws IOException {
    close();
    open();
  }

  @Test
  void losesNothingWhileNoFileCanBeOpened() throws IOException {
    append(5_000);
    reopen();
    disk.noDescriptors = true;
    Outbox.StreamState hello = outbox.beginSession().get(0);
    assertThat(hello.firstSeq()).as("what is held, though it cannot be read").isEqualTo(1);
    assertThat(outbox.peek()).isNull();
    assertThat(outbox.stored(0, 0)).isEmpty();
    assertThat(outbox.heldReadings()).isEqualTo(5_000);
    assertThat(outbox.isClearUpTo(outbox.mark())).isFalse();
    disk.noDescriptors = false;
    assertThat(drain()).hasSize(5_000).isSorted();
    assertThat(outbox.droppedReadings()).isZero();
  }

  @Test
  void countsWhatASegmentHeldThatIsDamagedFromEndToEnd() throws IOException {
    append(10_000);
    int held = (int) outbox.heldReadings();
    close();
    Path second = parent.resolve("store/telemetry-0000000002.seg");
    Files.write(second, new byte[(int) Files.size(second)]);
    open();
    int lost = held - (int) outbox.heldReadings();
    assertThat(lost).isBetween(500, 2_000);
    assertThat(outbox.droppedReadings()).isEqualTo(lost);
    reopen();
    assertThat(outbox.droppedReadings()).as("counted once").isEqualTo(lost);
    outbox.beginSession();
    outbox.markSent(next()); // the first segment must stay
    while (outbox.dropOldestUnsent() != null) {}
    outbox.stored(0, Long.MAX_VALUE - 1);
    assertThat(outbox.droppedReadings() + 1 + drain().size()).isLessThanOrEqualTo(10_000);
    assertThat(Files.exists(second)).isFalse();
  }

  @Test
  void countsWhatCannotBeReadBackOverARestartToo() throws IOException {
    append(4_000);
    reopen();
    disk.unreadable = true;
    outbox.beginSession();
    assertThat(drain()).isEmpty();
    assertThat(outbox.droppedReadings()).isEqualTo(4_000);
    assertThat(outbox.beginSession().get(0).droppedReadings()).isEqualTo(4_000);
  }

  private void append(int readings) throws IOException {
    for (int value = 0; value < readings; value++) {
      Row row = new Row(1_700_000_000_000_000L + value);
      row.add("v", ValueType.VALUE_TYPE_INTEGER, value, null, 10);
      OpenBatch open = new OpenBatch(outbox.shapes().of(row), 0);
      open.add(row, null);
      assertThat(outbox.append(open.seal())).isTrue();
    }
  }

  private Outgoing next() {
    return Objects.requireNonNull(outbox.peek());
  }

  private List<Integer> drain() throws InvalidProtocolBufferException {
    List<Integer> values = new ArrayList<>();
    for (Outgoing next = outbox.peek(); next != null; next = outbox.peek()) {
      outbox.markSent(next);
      values.add((int) Telemetry.parseFrom(next.batch().body()).getIntegers(0));
    }
    return values;
  }

  private static final class Troubled implements Disk {
    private boolean noDescriptors;
    private boolean unreadable;

    @Override
    public void force(RandomAccessFile file) {}

    @Override
    public RandomAccessFile open(Path file, String mode) throws IOException {
      if (noDescriptors) {
        throw new FileNotFoundException(file + " (Too many open files)");
      }
      if (!unreadable) {
        return new RandomAccessFile(file.toFile(), mode);
      }
      return new RandomAccessFile(file.toFile(), mode) {
        @Override
        public int read(byte[] into, int from, int length) throws IOException {
          throw new IOException("Input/output error");
        }
      };
    }
  }
}
