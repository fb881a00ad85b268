package io.mooring.device.internal.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sealed batches until the hub has stored them, in one or more streams.
 *
 * <p>The outbox decides which stream is sent from next (so a later one may send what is new before
 * a backlog), but within a stream batches leave in the order of their numbers. Not thread-safe: the
 * {@link TelemetryBuffer} guards it.
 */
public interface Outbox {
  /**
   * A session begins: every batch held counts as not yet sent.
   *
   * @return the streams in the order Hello is to list them, 1 to 4
   */
  List<StreamState> beginSession();

  /** Takes a batch in, as the newest of its stream. */
  void append(Batch batch);

  /** The batch to send next; null when every batch held has been sent in this session. */
  @Nullable Outgoing peek();

  /** The batch {@link #peek} names has been sent. */
  void markSent(Outgoing batch);

  /** Gives up the batch {@link #peek} names; its readings count as dropped. */
  void discard(Outgoing batch);

  /** Gives up the oldest batch not sent in this session; null when there is none. */
  @Nullable Batch dropOldestUnsent();

  /** Counts readings that were dropped before they got into a batch. */
  void countDropped(int readings);

  /**
   * Everything of the stream up to and including {@code seq} is in the hub's database.
   *
   * @param stream index into what {@link #beginSession} returned
   * @return the batches that are thereby done
   */
  List<Batch> stored(int stream, long seq);

  /** Gives up everything. */
  List<Batch> clear();

  /** Batches sent in this session and not yet stored. */
  int inFlight();

  /** Their memory. */
  long inFlightBytes();

  /** Memory of all batches held. */
  long heldBytes();

  /** Readings in all batches held. */
  long heldReadings();

  /** Readings dropped, in all. */
  long droppedReadings();

  /** A mark behind everything appended so far. */
  long mark();

  /** Nothing appended before the mark was taken is held any longer. */
  boolean isClearUpTo(long mark);

  /** What Hello says of a stream; see the message Stream of the protocol. */
  record StreamState(
      long id, long firstSeq, long nextSeq, long oldestTimeUs, long droppedReadings) {}

  /**
   * A batch with its place.
   *
   * @param stream index into what {@link #beginSession} returned
   */
  record Outgoing(int stream, long seq, Batch batch) {
    public byte[] frame() {
      return batch.frame(seq, stream);
    }
  }
}
