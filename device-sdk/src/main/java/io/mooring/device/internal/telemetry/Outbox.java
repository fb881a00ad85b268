package io.mooring.device.internal.telemetry;

import java.util.List;
import java.util.concurrent.CompletableFuture;
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

  /**
   * Takes a batch in, as the newest of its stream.
   *
   * @return false when it could not be written down; its readings count as dropped then
   */
  boolean append(Batch batch);

  /** Whether what was appended outlives the process. */
  boolean isDurable();

  /** The batch to send next; null when every batch held has been sent in this session. */
  @Nullable Outgoing peek();

  /** The batch {@link #peek} names has been sent. */
  void markSent(Outgoing batch);

  /** Gives up the batch {@link #peek} names; its readings count as dropped. */
  void discard(Outgoing batch);

  /**
   * Gives up the oldest batch not sent in this session, and perhaps some behind it.
   *
   * @return whom to tell; null when there is none to give up
   */
  @Nullable List<CompletableFuture<Void>> dropOldestUnsent();

  /** Counts readings that were dropped before they got into a batch. */
  void countDropped(int readings);

  /**
   * Everything of the stream up to and including {@code seq} is in the hub's database.
   *
   * @param stream index into what {@link #beginSession} returned
   * @return the batches that are thereby done
   */
  List<Batch> stored(int stream, long seq);

  /**
   * Welcome says what the hub has of a stream. When that is more than was ever sent, this outbox
   * has lost its memory (it was restored from a backup, or copied), and the hub would take what is
   * new for known: the stream gets a new id, and with it a new session is to be opened.
   *
   * @return whether the stream has a new id
   */
  boolean renew(int stream, long storedSeq);

  /**
   * Nothing more is taken in or given out.
   *
   * @return those who wait for a batch to be stored
   */
  List<CompletableFuture<Void>> close();

  /** Batches sent in this session and not yet stored. */
  int inFlight();

  /** Their memory. */
  long inFlightBytes();

  /** Bytes of all batches held. */
  long heldBytes();

  /** Bytes in use, to be compared with the bound; may be more than what is held takes. */
  long usedBytes();

  /** Readings in all batches held. */
  long heldReadings();

  /** Readings dropped, in all. */
  long droppedReadings();

  /** A mark behind everything appended so far. */
  Mark mark();

  /** Nothing appended before the mark was taken is held any longer. */
  boolean isClearUpTo(Mark mark);

  /**
   * A place in every stream.
   *
   * @param nextSeqs of each stream, the number its next batch has
   */
  record Mark(List<Long> nextSeqs) {}

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
