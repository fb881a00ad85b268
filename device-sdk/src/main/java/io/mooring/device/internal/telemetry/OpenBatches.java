package io.mooring.device.internal.telemetry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches being filled, one per shape. */
final class OpenBatches {
  private static final Logger log = LoggerFactory.getLogger(OpenBatches.class);

  private final Consumer<Batch> sealed;
  private final Shapes shapes;
  // In the order of opening, which is the order of falling due.
  private final Map<Shape, OpenBatch> open = new LinkedHashMap<>();
  private BatchLimits limits = BatchLimits.DEFAULTS;
  private long bytes;

  /**
   * @param sealed takes each batch that is full or due
   */
  OpenBatches(Shapes shapes, Consumer<Batch> sealed) {
    this.shapes = shapes;
    this.sealed = sealed;
  }

  /** Null when the shape is new and cannot be written down. */
  @Nullable Shape shapeOf(Row row) {
    try {
      return shapes.of(row);
    } catch (IOException e) {
      log.warn("Dropped a reading: the store cannot be written", e);
      return null;
    }
  }

  /** For batches that are filled from now on. */
  void limit(BatchLimits limits) {
    this.limits = limits;
  }

  Added add(Shape shape, Row row, @Nullable CompletableFuture<Void> confirmation, long nanos) {
    OpenBatch batch = open.get(shape);
    Added added = Added.JOINED;
    if (batch != null && !batch.hasRoomFor(row, limits)) {
      seal(batch);
      open.remove(shape);
      batch = null;
      added = Added.SEALED;
    }
    if (batch == null) {
      batch = new OpenBatch(shape, nanos);
      open.put(shape, batch);
      added = added == Added.SEALED ? Added.SEALED : Added.OPENED;
    }
    batch.add(row, confirmation);
    bytes += row.bytes();
    return added;
  }

  /** Seals the batches that were opened at this time of the monotonic clock or before. */
  void sealOpenedUntil(long nanos) {
    Iterator<OpenBatch> batches = open.values().iterator();
    while (batches.hasNext()) {
      OpenBatch batch = batches.next();
      if (batch.openedNanos() - nanos > 0) {
        return;
      }
      seal(batch);
      batches.remove();
    }
  }

  void sealAll() {
    for (OpenBatch batch : open.values()) {
      seal(batch);
    }
    open.clear();
  }

  private void seal(OpenBatch batch) {
    bytes -= batch.bytes();
    sealed.accept(batch.seal());
  }

  /** Forgets everything; returns whom to tell. */
  List<CompletableFuture<Void>> clear() {
    List<CompletableFuture<Void>> confirmations = new ArrayList<>();
    for (OpenBatch batch : open.values()) {
      confirmations.addAll(batch.confirmations());
    }
    open.clear();
    bytes = 0;
    return confirmations;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  long readings() {
    long readings = 0;
    for (OpenBatch batch : open.values()) {
      readings += batch.readings();
    }
    return readings;
  }
}
