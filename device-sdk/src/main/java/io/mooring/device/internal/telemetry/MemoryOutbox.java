package io.mooring.device.internal.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One stream, kept in memory: it ends with the process. */
public final class MemoryOutbox implements Outbox {
  private final long streamId;
  private final Deque<Outgoing> sent = new ArrayDeque<>();
  private final Deque<Outgoing> unsent = new ArrayDeque<>();
  private long nextSeq = 1;
  private long inFlightBytes;
  private long heldBytes;
  private long heldReadings;
  private long droppedReadings;

  /**
   * @param streamId random, not 0
   */
  public MemoryOutbox(long streamId) {
    if (streamId == 0) {
      throw new IllegalArgumentException("a stream id is never 0");
    }
    this.streamId = streamId;
  }

  @Override
  public List<StreamState> beginSession() {
    while (!sent.isEmpty()) {
      unsent.addFirst(sent.removeLast());
    }
    inFlightBytes = 0;
    long oldest = unsent.isEmpty() ? 0 : Long.MAX_VALUE;
    for (Outgoing batch : unsent) {
      oldest = Math.min(oldest, batch.batch().timeUs());
    }
    return List.of(new StreamState(streamId, firstSeq(), nextSeq, oldest, droppedReadings));
  }

  @Override
  public boolean append(Batch batch) {
    unsent.addLast(new Outgoing(0, nextSeq++, batch));
    heldBytes += batch.heldBytes();
    heldReadings += batch.readings();
    return true;
  }

  @Override
  public boolean isDurable() {
    return false;
  }

  @Override
  public @Nullable Outgoing peek() {
    return unsent.peekFirst();
  }

  @Override
  public void markSent(Outgoing batch) {
    sent.addLast(removeNext(batch));
    inFlightBytes += batch.batch().heldBytes();
  }

  @Override
  public void discard(Outgoing batch) {
    forget(removeNext(batch).batch());
    droppedReadings += batch.batch().readings();
  }

  private Outgoing removeNext(Outgoing batch) {
    Outgoing next = unsent.peekFirst();
    if (next == null || next.seq() != batch.seq()) {
      throw new IllegalArgumentException("batch " + batch.seq() + " is not the next one");
    }
    return unsent.removeFirst();
  }

  @Override
  public @Nullable List<CompletableFuture<Void>> dropOldestUnsent() {
    Outgoing oldest = unsent.peekFirst();
    if (oldest == null) {
      return null;
    }
    discard(oldest);
    return oldest.batch().confirmations();
  }

  @Override
  public void countDropped(int readings) {
    droppedReadings += readings;
  }

  @Override
  public List<Batch> stored(int stream, long seq) {
    List<Batch> done = new ArrayList<>();
    while (!sent.isEmpty() && sent.getFirst().seq() <= seq) {
      Batch batch = sent.removeFirst().batch();
      inFlightBytes -= batch.heldBytes();
      forget(batch);
      done.add(batch);
    }
    while (sent.isEmpty() && !unsent.isEmpty() && unsent.getFirst().seq() <= seq) {
      Batch batch = unsent.removeFirst().batch();
      forget(batch);
      done.add(batch);
    }
    // A hub that knows more than we ever sent must not take our next batches for repetitions.
    nextSeq = Math.max(nextSeq, seq + 1);
    return done;
  }

  @Override
  public boolean renew(int stream, long storedSeq) {
    return false; // this stream began with the process: nobody has more of it
  }

  @Override
  public List<CompletableFuture<Void>> close() {
    List<CompletableFuture<Void>> given = new ArrayList<>();
    for (Deque<Outgoing> batches : List.of(sent, unsent)) {
      for (Outgoing batch : batches) {
        given.addAll(batch.batch().confirmations());
      }
    }
    sent.clear();
    unsent.clear();
    inFlightBytes = 0;
    heldBytes = 0;
    heldReadings = 0;
    return given;
  }

  private void forget(Batch batch) {
    heldBytes -= batch.heldBytes();
    heldReadings -= batch.readings();
  }

  private long firstSeq() {
    if (!sent.isEmpty()) {
      return sent.getFirst().seq();
    }
    return unsent.isEmpty() ? nextSeq : unsent.getFirst().seq();
  }

  @Override
  public int inFlight() {
    return sent.size();
  }

  @Override
  public long inFlightBytes() {
    return inFlightBytes;
  }

  @Override
  public long heldBytes() {
    return heldBytes;
  }

  @Override
  public long usedBytes() {
    return heldBytes;
  }

  @Override
  public long heldReadings() {
    return heldReadings;
  }

  @Override
  public long droppedReadings() {
    return droppedReadings;
  }

  @Override
  public Mark mark() {
    return new Mark(List.of(nextSeq));
  }

  @Override
  public boolean isClearUpTo(Mark mark) {
    return firstSeq() >= mark.nextSeqs().get(0);
  }
}
