package io.mooring.hub.wire;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a device can say. */
public sealed interface Inbound {
  /** First frame of a session. */
  record Hello(String agent, List<Stream> streams, boolean takesNextToken) implements Inbound {
    /** Of a device whose token stays as it is. */
    public Hello(String agent, List<Stream> streams) {
      this(agent, streams, false);
    }
  }

  /** A telemetry stream of the device; numbers as in device.proto. */
  record Stream(long id, long firstSeq, long nextSeq, long oldestTimeUs, long droppedReadings) {
    /** Whether the device still holds batches it has not seen acknowledged. */
    public boolean holdsBatches() {
      return nextSeq > firstSeq;
    }
  }

  /** Names and types of a batch's columns, under a number the device chose. */
  record Layout(int id, List<Metric> metrics) implements Inbound {}

  record Metric(String name, ValueType type) {}

  /**
   * A telemetry batch.
   *
   * @param offsetsUs time of each reading since {@code timeUs}; its length is the number of
   *     readings
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Batch(
      long seq,
      int stream,
      int layout,
      long timeUs,
      long[] offsetsUs,
      double[] numbers,
      long[] integers,
      boolean[] booleans,
      byte[][] texts,
      byte[][] blobs)
      implements Inbound {
    public int readings() {
      return offsetsUs.length;
    }

    /** How many values of a type the batch carries. */
    public int count(ValueType type) {
      return switch (type) {
        case NUMBER -> numbers.length;
        case INTEGER -> integers.length;
        case BOOLEAN -> booleans.length;
        case TEXT -> texts.length;
        case BYTES -> blobs.length;
      };
    }
  }

  record Heartbeat(long timeUs, long hubTimeUs, long heldUs) implements Inbound {}

  record CommandReceived(UUID id) implements Inbound {}

  /**
   * How a command ended.
   *
   * @param retryable only with {@link Outcome#FAILED}: whether it may go well another time; null:
   *     the device does not say
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record CommandResult(
      UUID id,
      Outcome outcome,
      String contentType,
      byte[] payload,
      String message,
      @Nullable Boolean retryable)
      implements Inbound {}

  /** How far a long command is; {@code percent} from 0 to 100. */
  record CommandProgress(UUID id, int percent, String message) implements Inbound {}

  /** The device holds the token of this id, which it was handed in this session. */
  record NextTokenStored(String tokenId) implements Inbound {}

  /** How a command went on the device. */
  enum Outcome {
    SUCCEEDED,
    FAILED,
    REJECTED
  }

  /** Not a frame of this protocol; {@code why} says what is wrong with it. */
  record Malformed(String why) implements Inbound {}
}
