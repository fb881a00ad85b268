package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.store.SegmentLog;
import io.mooring.device.internal.telemetry.Outbox.Outgoing;
import io.mooring.device.internal.telemetry.Outbox.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream whose batches are on disk; in memory are summaries of segments and what is sent next.
 */
final class StoredStream {
  private static final Logger log = LoggerFactory.getLogger(StoredStream.class);

  /** What was just written stays in memory up to this. */
  private static final int READY_BYTES = 128 * 1024;

  private final int index;
  private final SegmentLog segmentLog;
  private final StreamNotes notes;
  private final Shapes shapes;
  private final StoredSegments segments;
  private final StoredCursor cursor;
  private final Waiters waiters = new Waiters();
  private final SendQueue queue = new SendQueue();
  private long nextSeq;
  private long storedSeq;
  private long before;
  private boolean stalled;

  /**
   * @param nextSeq above every number ever used in the stream
   */
  StoredStream(
      int index,
      SegmentLog segmentLog,
      StreamNotes notes,
      Shapes shapes,
      StreamRecovery found,
      long nextSeq)
      throws IOException {
    this.index = index;
    this.segmentLog = segmentLog;
    this.notes = notes;
    this.shapes = shapes;
    this.segments = found.segments;
    this.before = found.before();
    this.nextSeq = nextSeq;
    this.storedSeq = notes.storedSeq();
    if (notes.removed() != 0 && notes.removed() != segmentLog.newest()) {
      segmentLog.delete(notes.removed());
    }
    this.cursor = new StoredCursor(segmentLog);
    trim();
  }

  /** Every batch counts as not yet sent. */
  StreamState beginSession() {
    queue.rewind();
    segments.nothingInFlight();
    return new StreamState(notes.id(), firstSeq(), nextSeq, segments.oldestTimeUs(), dropped());
  }

  void append(Batch batch) throws IOException {
    byte[] payload = BatchRecord.encode(nextSeq, before, batch);
    if (!segmentLog.hasRoom(payload.length)) {
      segmentLog.rotate();
      trim();
    }
    if (segmentLog.size(segmentLog.newest()) == 0) {
      segmentLog.append(BatchRecord.start(before));
    }
    int offset = segmentLog.append(payload);
    StoredSegment segment = segments.make(segmentLog.newest());
    boolean atEnd = segments.allRead();
    segment.hold(nextSeq, batch.timeUs(), batch.readings(), payload.length);
    waiters.add(nextSeq, batch.confirmations());
    if (atEnd && queue.readyBytes() + batch.heldBytes() <= READY_BYTES) {
      queue.add(new Outgoing(index, nextSeq, batch));
      segment.unreadReadings -= batch.readings();
      cursor.moveTo(segment.number, segmentLog.size(segment.number));
    } else if (atEnd) {
      cursor.moveTo(segment.number, offset);
    }
    nextSeq++;
    before += batch.readings();
  }

  /** Null also while what is next cannot be read for want of descriptors. */
  @Nullable Outgoing peek() {
    try {
      while (queue.nothingReady() && !segments.allRead()) {
        BatchRecord record = cursor.next();
        if (record == null) {
          skipSegment();
        } else {
          take(record);
        }
      }
      stalled = false;
    } catch (IOException e) {
      if (!stalled) {
        log.warn("Cannot read the store now; what it holds stays, and is tried again", e);
      }
      stalled = true;
    }
    return queue.next();
  }

  private void take(BatchRecord record) {
    Shape shape = shapes.byId(record.layoutId());
    StoredSegment segment = segments.get(cursor.segment());
    if (shape == null || segment == null || !segment.contains(record.seq())) {
      return; // not held: stored before this process began, or lost with its layout
    }
    Batch batch = record.batch(shape, waiters.of(record.seq()));
    queue.add(new Outgoing(index, record.seq(), batch));
    segment.unreadReadings -= batch.readings();
  }

  /** The segment at the cursor has no more to read; what it should have had is lost. */
  private void skipSegment() {
    StoredSegment segment = segments.get(cursor.segment());
    if (segment != null && segment.unreadReadings > 0) {
      log.warn("Lost {} readings of the store: they cannot be read back", segment.unreadReadings);
      segment.loseUnread();
    }
    if (!cursor.nextSegment() && !segments.allRead()) {
      throw new IllegalStateException("there are batches before the cursor that were not read");
    }
  }

  void markSent(Outgoing batch) {
    queue.markSent(batch);
    segments.of(batch).inFlight++;
  }

  void discard(Outgoing batch) {
    queue.takeNext(batch);
    release(batch);
    if (queue.inFlight() == 0) {
      storedSeq = batch.seq(); // so that a later process does not meet it again
    }
    note(storedSeq, batch.batch().readings());
    trim();
  }

  private void release(Outgoing batch) {
    segments.of(batch).release(batch.batch());
    waiters.remove(batch.seq());
  }

  /** The hub has everything up to this number; returns those that were in memory. */
  List<Batch> stored(long seq) {
    List<Batch> done = new ArrayList<>();
    storedSeq = Math.max(storedSeq, seq);
    nextSeq = Math.max(nextSeq, seq + 1);
    Outgoing batch = queue.takeSent(seq);
    while (batch != null) {
      segments.of(batch).inFlight--;
      release(batch);
      done.add(batch.batch());
      batch = queue.takeSent(seq);
    }
    while (queue.inFlight() == 0 && nextIsUpTo(storedSeq)) {
      Outgoing known = Objects.requireNonNull(queue.next());
      queue.takeNext(known);
      release(known);
      done.add(known.batch());
    }
    if (segments.heldReadings() == 0) {
      note(storedSeq, 0); // otherwise it is written down now and then, with other things
    }
    trim();
    return done;
  }

  private boolean nextIsUpTo(long seq) {
    while (queue.nothingReady() && !segments.allRead()) {
      StoredSegment segment = segments.get(cursor.segment());
      if (segment == null || segment.lastSeq > seq) {
        break;
      }
      segment.releaseUnread(); // sent by an earlier process: nobody here waits for it
      cursor.nextSegment();
    }
    Outgoing next = peek();
    return next != null && next.seq() <= seq;
  }

  /** Gives up a segment's worth of what is not on its way; null when there is none to give up. */
  @Nullable List<CompletableFuture<Void>> dropOldest() {
    StoredSegment oldest = segments.idle(segmentLog.newest());
    if (oldest == null || !remove(oldest, oldest.heldReadings)) {
      return null;
    }
    queue.forget(oldest);
    return waiters.take(oldest);
  }

  private void trim() {
    StoredSegment done = segments.done(segmentLog.newest());
    while (done != null && remove(done, 0)) {
      done = segments.done(segmentLog.newest());
    }
  }

  private boolean remove(StoredSegment segment, long dropped) {
    long lost = dropped + segment.lostReadings;
    long next = Math.max(segment.lastSeq, storedSeq) + 1;
    try {
      notes.removing(segment.number, lost, storedSeq, next);
    } catch (IOException e) {
      log.warn("Cannot write down that a segment of the store is to go", e);
      return false;
    }
    if (cursor.segment() == segment.number) {
      cursor.nextSegment();
    }
    segments.remove(segment.number);
    try {
      segmentLog.delete(segment.number);
    } catch (IOException e) {
      log.warn("Cannot delete a segment of the store", e);
    }
    return true;
  }

  void countDropped(long readings) {
    note(notes.storedSeq(), readings);
  }

  private void note(long storedSeq, long dropped) {
    try {
      notes.stored(storedSeq, dropped);
    } catch (IOException e) {
      log.warn("Cannot write down that {} readings were dropped", dropped, e);
    }
  }

  /** See {@link Outbox#renew}. */
  boolean renew(long hubHas, long newId) {
    if (hubHas < nextSeq) {
      return false;
    }
    try {
      notes.begin(newId, nextSeq);
      return true;
    } catch (IOException e) {
      log.warn("Cannot begin a new stream", e);
      return false;
    }
  }

  List<CompletableFuture<Void>> close() {
    if (storedSeq > notes.storedSeq()) {
      note(storedSeq, 0);
    }
    cursor.close();
    return waiters.all();
  }

  /** Of the batches held; not above it while that cannot be read. */
  long firstSeq() {
    peek();
    Outgoing first = queue.first();
    if (first != null) {
      return first.seq();
    }
    StoredSegment unread = segments.unread();
    return unread == null ? nextSeq : Math.max(unread.firstSeq, storedSeq + 1);
  }

  long nextSeq() {
    return nextSeq;
  }

  SendQueue queue() {
    return queue;
  }

  StoredSegments segments() {
    return segments;
  }

  /** Since the stream began: dropped for want of room, refused, or damaged on the disk. */
  long dropped() {
    return notes.dropped() + segments.lostReadings();
  }

  long usedBytes() {
    return segmentLog.bytes();
  }
}
