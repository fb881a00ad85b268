package io.mooring.device.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.device.internal.telemetry.Outbox.StreamState;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredOutboxTest {
  private static final int MAX_BYTES = 2 * 1024 * 1024;

  @TempDir Path parent;
  private final Random random = new Random(3);
  private boolean newestFirst;
  @Nullable StoreFolder folder;
  private StoredOutbox outbox;

  @BeforeEach
  void open() throws IOException {
    folder = StoreFolder.open(parent.resolve("store"), Disk.REAL, random.nextLong());
    StoredOutbox.Settings settings = new StoredOutbox.Settings(MAX_BYTES, false, newestFirst);
    outbox = new StoredOutbox(folder, settings, random::nextLong);
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

  private void crash() throws IOException {
    if (folder != null) {
      folder.close();
    }
    open();
  }

  @Test
  void goesOnWithTheSameStreamAndTheBatchesItHeld() throws IOException {
    append(1, 2, 3);
    StreamState before = outbox.beginSession().get(0);
    assertThat(before.firstSeq()).isEqualTo(1);
    assertThat(before.nextSeq()).isEqualTo(4);
    assertThat(drain()).containsExactly(1, 2, 3);
    outbox.stored(0, 1);
    reopen();
    StreamState after = outbox.beginSession().get(0);
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.firstSeq()).isEqualTo(2);
    assertThat(after.oldestTimeUs()).isEqualTo(before.oldestTimeUs() + 1);
    assertThat(after.nextSeq()).as("leaps, should the last of them be lost").isGreaterThan(1 << 24);
    append(4);
    assertThat(outbox.heldReadings()).isEqualTo(3);
    List<Outgoing> sent = drainBatches();
    assertThat(values(sent)).containsExactly(2, 3, 4);
    assertThat(sent.get(0).seq()).isEqualTo(2);
    assertThat(sent.get(2).seq()).isEqualTo(after.nextSeq());
    assertThat(sent).allMatch(batch -> batch.batch().shape().layoutId() == 1);
  }

  @Test
  void whatTheHubHasByWelcomeIsNotSentAgain() throws IOException {
    append(IntStream.rangeClosed(1, 5_000).toArray());
    crash();
    outbox.beginSession();
    outbox.stored(0, 4_321);
    assertThat(outbox.heldReadings()).isEqualTo(679);
    assertThat(drain())
        .containsExactly(IntStream.rangeClosed(4_322, 5_000).boxed().toArray(Integer[]::new));
    outbox.stored(0, 5_000);
    assertThat(outbox.heldReadings()).isZero();
    assertThat(Files.exists(parent.resolve("store/telemetry-0000000001.seg"))).isFalse();
  }

  @Test
  void dropsTheOldestSegmentAndCountsExactlyOverCrashes() throws IOException {
    int appended = fill();
    int dropped = 0;
    for (int i = 0; i < 3; i++) {
      assertThat(outbox.dropOldestUnsent()).isNotNull();
      dropped = appended - (int) outbox.heldReadings();
      assertThat(outbox.droppedReadings()).isEqualTo(dropped);
      crash();
      assertThat(outbox.droppedReadings()).isEqualTo(dropped);
      assertThat(outbox.heldReadings()).isEqualTo(appended - dropped);
    }
    assertThat(outbox.beginSession().get(0).droppedReadings()).isEqualTo(dropped);
    assertThat(drain()).hasSize(appended - dropped).startsWith(dropped);
  }

  @Test
  void finishesADropThatAPowerCutInterrupted() throws IOException {
    int appended = fill();
    Path oldest = parent.resolve("store/telemetry-0000000001.seg");
    Path copy = Files.copy(oldest, parent.resolve("copy"));
    outbox.dropOldestUnsent();
    long dropped = outbox.droppedReadings();
    Files.copy(copy, oldest);
    crash();
    assertThat(outbox.droppedReadings()).isEqualTo(dropped);
    assertThat(outbox.heldReadings()).isEqualTo(appended - dropped);
    assertThat(Files.exists(oldest)).isFalse();
  }

  @Test
  void whatIsOnItsWayIsNotDropped() throws IOException {
    int appended = fill();
    outbox.beginSession();
    Outgoing first = next();
    outbox.markSent(first);
    outbox.dropOldestUnsent();
    assertThat(outbox.stored(0, first.seq())).hasSize(1);
    assertThat(outbox.heldReadings() + outbox.droppedReadings()).isEqualTo(appended - 1);
    List<Integer> rest = drain();
    assertThat(rest.get(0)).as("the rest of its segment").isEqualTo(1);
    assertThat(rest).hasSize((int) outbox.heldReadings()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void countsRefusedReadingsOverACrash() throws IOException {
    outbox.countDropped(3);
    outbox.countDropped(4);
    crash();
    assertThat(outbox.beginSession().get(0).droppedReadings()).isEqualTo(7);
  }

  @Test
  void countsWhatADamagedRecordHeldAsDropped() throws IOException {
    append(1, 2, 3, 4);
    try (RandomAccessFile file = segment()) {
      file.seek(100);
      file.write(~Files.readAllBytes(parent.resolve("store/telemetry-0000000001.seg"))[100]);
    }
    crash();
    assertThat(outbox.droppedReadings()).isEqualTo(1);
    assertThat(outbox.heldReadings()).isEqualTo(3);
    crash();
    assertThat(outbox.droppedReadings()).as("counted once").isEqualTo(1);
    outbox.beginSession();
    assertThat(drain()).hasSize(3);
  }

  @Test
  void aBatchLostWithThePowerLeavesItsNumberUnused() throws IOException {
    append(1, 2);
    outbox.beginSession();
    drain();
    try (RandomAccessFile file = segment()) {
      file.setLength(file.length() - 3);
    }
    crash();
    append(9);
    outbox.beginSession();
    outbox.stored(0, 2); // the hub has both
    assertThat(drain()).as("not taken for number 2").containsExactly(9);
  }

  @Test
  void aFolderFromABackupBeginsANewStream() throws IOException {
    append(1);
    StreamState old = outbox.beginSession().get(0);
    assertThat(outbox.renew(0, old.nextSeq() - 1)).isFalse();
    assertThat(outbox.renew(0, old.nextSeq() + 1_000)).isTrue();
    StreamState renewed = outbox.beginSession().get(0);
    assertThat(renewed.id()).isNotEqualTo(old.id());
    assertThat(drain()).containsExactly(1);
    crash();
    assertThat(outbox.beginSession().get(0).id()).isEqualTo(renewed.id());
  }

  @Test
  void theNewestGoFirstOnAStreamOfTheirOwn() throws IOException {
    newestFirst = true;
    reopen();
    append(1, 2, 3);
    assertThat(outbox.beginSession()).as("the backlog keeps its stream").hasSize(2);
    append(4);
    Outgoing live = next();
    assertThat(live.stream()).isEqualTo(1);
    assertThat(drain()).containsExactly(4, 1, 2, 3);
    outbox.stored(0, outbox.mark().nextSeqs().get(0) - 1);
    outbox.stored(1, 1);
    append(5);
    crash();
    outbox.beginSession();
    append(6);
    assertThat(drain()).as("the streams have changed places").containsExactly(6, 5);
    newestFirst = false;
    crash();
    outbox.beginSession();
    append(7);
    assertThat(drain()).as("in order of time").containsExactly(5, 6, 7);
  }

  @Test
  void layoutsKeepTheirIdsAndConfirmationsTheirBatches() throws IOException {
    append(1);
    Row other = new Row(1);
    other.add("other", ValueType.VALUE_TYPE_TEXT, 0, "x", 1);
    assertThat(outbox.shapes().of(other).layoutId()).isEqualTo(2);
    reopen();
    assertThat(outbox.shapes().of(other).layoutId()).isEqualTo(2);
    assertThat(outbox.shapes().of(row(1)).layoutId()).isEqualTo(1);
    CompletableFuture<Void> confirmation = new CompletableFuture<>();
    fill();
    outbox.append(batch(5, confirmation));
    outbox.beginSession();
    drain();
    List<Batch> done = outbox.stored(0, Long.MAX_VALUE - 1);
    assertThat(done.get(done.size() - 1).confirmations()).containsExactly(confirmation);
  }

  private int fill() throws IOException {
    int value = 0;
    while (outbox.usedBytes() < MAX_BYTES) {
      append(value++);
    }
    return value;
  }

  private void append(int... values) throws IOException {
    for (int value : values) {
      assertThat(outbox.append(batch(value, null))).isTrue();
    }
  }

  private Batch batch(int value, @Nullable CompletableFuture<Void> confirmation)
      throws IOException {
    Row row = row(value);
    OpenBatch open = new OpenBatch(outbox.shapes().of(row), 0);
    open.add(row, confirmation);
    return open.seal();
  }

  private static Row row(int value) {
    Row row = new Row(1_700_000_000_000_000L + value);
    row.add("v", ValueType.VALUE_TYPE_INTEGER, value, null, 10);
    return row;
  }

  private Outgoing next() {
    return Objects.requireNonNull(outbox.peek());
  }

  private List<Integer> drain() {
    return values(drainBatches());
  }

  private List<Outgoing> drainBatches() {
    List<Outgoing> sent = new ArrayList<>();
    for (Outgoing next = outbox.peek(); next != null; next = outbox.peek()) {
      outbox.markSent(next);
      sent.add(next);
    }
    return sent;
  }

  private static List<Integer> values(List<Outgoing> batches) {
    return batches.stream().map(batch -> value(batch.batch())).toList();
  }

  private static int value(Batch batch) {
    try {
      return (int) Telemetry.parseFrom(batch.body()).getIntegers(0);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private RandomAccessFile segment() throws IOException {
    return new RandomAccessFile(parent.resolve("store/telemetry-0000000001.seg").toFile(), "rw");
  }
}
