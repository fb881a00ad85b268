package io.mooring.device.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.v1.Limits;
import io.mooring.protocol.v1.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TelemetryBufferTest {
  private static final Limits HUB =
      Limits.newBuilder()
          .setFrameBytes(65_536)
          .setBatchReadings(1_000)
          .setBatchValues(8_000)
          .setUnacknowledgedBatches(64)
          .setLayouts(64)
          .build();

  private static final int MAX_BYTES = 64 * 1024;

  private final MemoryOutbox outbox = new MemoryOutbox(1);

  @Test
  void aFullBatchIsSealedAndTheNextOneOpened() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    assertThat(buffer.add(number("a"), null)).isEqualTo(Added.OPENED);
    for (int i = 1; i < BatchLimits.DEFAULTS.readings(); i++) {
      assertThat(buffer.add(number("a"), null)).isEqualTo(Added.JOINED);
    }
    assertThat(outbox.heldReadings()).isZero();
    assertThat(buffer.add(number("a"), null)).isEqualTo(Added.SEALED);
    assertThat(outbox.heldReadings()).isEqualTo(BatchLimits.DEFAULTS.readings());
    assertThat(buffer.counts().waiting()).isEqualTo(BatchLimits.DEFAULTS.readings() + 1);
  }

  @Test
  void eachShapeHasItsOwnBatch() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    Row integer = new Row(0);
    integer.add("a", ValueType.VALUE_TYPE_INTEGER, 1, null, 10);
    assertThat(buffer.add(number("a"), null)).isEqualTo(Added.OPENED);
    assertThat(buffer.add(number("b"), null)).isEqualTo(Added.OPENED);
    assertThat(buffer.add(integer, null)).as("another type").isEqualTo(Added.OPENED);
    assertThat(buffer.add(number("a"), null)).isEqualTo(Added.JOINED);
    buffer.sealAll();
    List<Batch> batches = drain(buffer);
    assertThat(batches).extracting(Batch::readings).containsExactly(2, 1, 1);
    assertThat(batches).extracting(b -> b.shape().layoutId()).containsExactly(1, 2, 3);
    assertThat(batches.get(1).shape().layout().getMetrics(0).getName()).isEqualTo("b");
  }

  @Test
  void dropsTheOldestThatIsNotOnItsWay() throws Exception {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    buffer.beginSession();
    CompletableFuture<Void> onItsWay = add(buffer, text(1));
    assertThat(buffer.poll(HUB)).isNotNull();
    CompletableFuture<Void> oldest = add(buffer, text(2));
    List<CompletableFuture<Void>> later = new ArrayList<>();
    while (!oldest.isDone()) {
      later.add(add(buffer, text(3)));
    }
    assertThatThrownBy(oldest::get).hasMessageContaining("dropped: the outbox is full");
    assertThat(onItsWay).isNotDone();
    assertThat(later).noneMatch(CompletableFuture::isDone);
    assertThat(buffer.counts().dropped()).isEqualTo(1);
    assertThat(buffer.counts().waitingBytes()).isLessThanOrEqualTo(MAX_BYTES);
    buffer.stored(0, 1);
    assertThat(onItsWay).isCompleted();
  }

  @Test
  void openReadingsAreDroppedTooWhenAllElseIsOnItsWay() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    CompletableFuture<Void> first = new CompletableFuture<>();
    buffer.add(text(1), first);
    for (int i = 0; i < 100; i++) {
      buffer.add(text(i), null);
      buffer.add(number("n"), null);
    }
    assertThat(first).isCompletedExceptionally();
    assertThat(buffer.counts().waitingBytes()).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(buffer.counts().dropped() + buffer.counts().waiting()).isEqualTo(201);
  }

  @Test
  void dropsTheNewest() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_NEWEST);
    int kept = 0;
    while (buffer.add(text(kept), null) != Added.DROPPED) {
      kept++;
    }
    CompletableFuture<Void> refused = add(buffer, text(0));
    assertThat(refused).isCompletedExceptionally();
    assertThat(buffer.counts().waiting()).isEqualTo(kept);
    assertThat(buffer.counts().dropped()).isEqualTo(2);
    assertThat(outbox.beginSession().get(0).droppedReadings()).isEqualTo(2);
  }

  @Test
  @Timeout(20)
  void blocksUntilThereIsRoom() throws Exception {
    TelemetryBuffer buffer = buffer(Overflow.BLOCK);
    Thread sender = fillUntilItBlocks(buffer);
    buffer.sealAll();
    buffer.beginSession();
    drain(buffer);
    buffer.stored(0, Long.MAX_VALUE - 1);
    sender.join();
    assertThat(buffer.counts().dropped()).isZero();
    assertThat(buffer.counts().waiting()).isEqualTo(1);
  }

  @Test
  @Timeout(20)
  void anInterruptOrCloseEndsTheWait() throws Exception {
    TelemetryBuffer buffer = buffer(Overflow.BLOCK);
    Thread sender = fillUntilItBlocks(buffer);
    sender.interrupt();
    sender.join();
    assertThat(buffer.counts().dropped()).isEqualTo(1);
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread second =
        new Thread(
            () -> {
              try {
                buffer.add(text(0), null);
              } catch (IllegalStateException e) {
                thrown.complete(e);
              }
            });
    second.start();
    awaitWaiting(second);
    buffer.close();
    assertThat(thrown.get(10, TimeUnit.SECONDS)).hasMessageContaining("closed");
  }

  @Test
  void closeFailsWhatIsNotStored() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    CompletableFuture<Void> sealed = add(buffer, number("a"));
    CompletableFuture<Void> open = new CompletableFuture<>();
    buffer.add(number("a"), open);
    buffer.close();
    assertThatThrownBy(sealed::get).hasMessageContaining("closed before");
    assertThat(open).isCompletedExceptionally();
    assertThatThrownBy(() -> buffer.add(number("a"), null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesWhatCannotTravel() {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    assertThatThrownBy(() -> buffer.add(new Row(0), null)).hasMessageContaining("empty");
    Row huge = new Row(0);
    for (int i = 0; i < 16; i++) {
      huge.add("t" + i, ValueType.VALUE_TYPE_TEXT, 0, "x".repeat(4096), 4099);
    }
    assertThatThrownBy(() -> buffer.add(huge, null)).hasMessageContaining("several readings");
    for (int i = 0; i < Shapes.MAX_SHAPES; i++) {
      buffer.add(number("m" + i), null);
    }
    assertThatThrownBy(() -> buffer.add(number("m64"), null)).hasMessageContaining("64");
    assertThat(buffer.add(number("m63"), null)).isEqualTo(Added.JOINED);
  }

  @Test
  void keepsTheBytesOnTheirWayWithinBounds() {
    TelemetryBuffer buffer =
        new TelemetryBuffer(
            new TelemetryBuffer.Settings(4 << 20, Overflow.DROP_NEWEST, Duration.ZERO),
            outbox,
            new Shapes(),
            () -> 0,
            Runnable::run);
    for (int i = 0; i < 1_000; i++) {
      buffer.add(text(i), null);
    }
    drain(buffer);
    assertThat(outbox.inFlightBytes()).isBetween(256 * 1024L, 273 * 1024L);
  }

  @Test
  @Timeout(20)
  void awaitStoredWaitsForWhatWasSentBefore() throws Exception {
    TelemetryBuffer buffer = buffer(Overflow.DROP_OLDEST);
    buffer.add(number("a"), null);
    Outbox.Mark mark = buffer.sealAll();
    assertThat(buffer.awaitStored(mark, Duration.ofMillis(1))).isFalse();
    buffer.add(number("a"), null);
    buffer.sealAll();
    buffer.beginSession();
    drain(buffer);
    buffer.stored(0, 1);
    assertThat(buffer.awaitStored(mark, Duration.ZERO)).isTrue();
    assertThat(buffer.awaitStored(buffer.sealAll(), Duration.ZERO)).isFalse();
  }

  private TelemetryBuffer buffer(Overflow overflow) {
    return new TelemetryBuffer(
        new TelemetryBuffer.Settings(MAX_BYTES, overflow, Duration.ZERO),
        outbox,
        new Shapes(),
        () -> 0,
        Runnable::run);
  }

  private static Thread fillUntilItBlocks(TelemetryBuffer buffer) {
    int fitting = MAX_BYTES / text(0).bytes();
    Thread sender =
        new Thread(
            () -> {
              for (int i = 0; i <= fitting; i++) {
                buffer.add(text(i), null);
              }
            });
    sender.start();
    awaitWaiting(sender);
    return sender;
  }

  private static void awaitWaiting(Thread thread) {
    Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
  }

  private static CompletableFuture<Void> add(TelemetryBuffer buffer, Row row) {
    CompletableFuture<Void> confirmation = new CompletableFuture<>();
    buffer.add(row, confirmation);
    buffer.sealAll();
    return confirmation;
  }

  private static List<Batch> drain(TelemetryBuffer buffer) {
    List<Batch> batches = new ArrayList<>();
    for (var next = buffer.poll(HUB); next != null; next = buffer.poll(HUB)) {
      batches.add(next.batch());
    }
    return batches;
  }

  private static Row number(String name) {
    Row row = new Row(0);
    row.add(name, ValueType.VALUE_TYPE_NUMBER, 0, null, 8);
    return row;
  }

  private static Row text(int i) {
    Row row = new Row(i);
    row.add("t", ValueType.VALUE_TYPE_TEXT, 0, "x".repeat(4000), 4003);
    return row;
  }
}
