package io.mooring.hub.gateway;

import io.mooring.hub.wire.CloseReason;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/** Puts the messages of one socket together from its frames, and inflates them. */
final class Messages {
  private final Inflaters inflaters;

  /** A message that comes in several frames; null between messages and for those of one frame. */
  private @Nullable ByteBuffer begun;

  /** The message under way is compressed: its first frame says so. */
  private boolean deflated;

  private int grown;

  Messages(Inflaters inflaters) {
    this.inflaters = inflaters;
  }

  /** Why the peer may not send this. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;
    private final String why;

    Refused(CloseReason reason, String why) {
      super(why, null, false, false);
      this.reason = reason;
      this.why = why;
    }

    CloseReason reason() {
      return reason;
    }

    String why() {
      return why;
    }
  }

  /**
   * Takes a data frame.
   *
   * @param most bytes that a message may have, as it travels and when inflated
   * @return the message; null: more of it is to come
   */
  @Nullable ByteBuffer add(Frame frame, int most) throws Refused {
    if (frame.getOpCode() == OpCode.BINARY) {
      deflated = frame.isRsv1();
    } else if (frame.isRsv1()) {
      throw new Refused(CloseReason.MALFORMED, "only a first frame says that it is deflated");
    }
    ByteBuffer payload = frame.getPayload();
    ByteBuffer whole = begun;
    int length = payload.remaining() + (whole == null ? 0 : whole.position());
    if (length > most) {
      throw new Refused(CloseReason.FRAME_TOO_LARGE, "a message has at most " + most + " bytes");
    }
    if (frame.isFin() && whole == null) {
      return message(payload, most);
    }
    if (whole == null) {
      whole = ByteBuffer.allocate(Math.max(4096, payload.remaining()));
    } else if (whole.remaining() < payload.remaining()) {
      int capacity = Math.min(most, Math.max(length, whole.capacity() * 2));
      whole = ByteBuffer.allocate(capacity).put(whole.flip());
    }
    whole.put(payload);
    begun = frame.isFin() ? null : whole;
    return frame.isFin() ? message(whole.flip(), most) : null;
  }

  private ByteBuffer message(ByteBuffer received, int most) throws Refused {
    if (!deflated) {
      return received;
    }
    int before = received.remaining();
    try {
      ByteBuffer inflated = inflaters.inflate(received, most);
      if (inflated == null) {
        grown = most;
        throw new Refused(
            CloseReason.FRAME_TOO_LARGE, "a message has at most " + most + " bytes when inflated");
      }
      grown = Math.max(0, inflated.remaining() - before);
      return inflated;
    } catch (DataFormatException e) {
      throw new Refused(CloseReason.MALFORMED, "not deflated: " + e.getMessage());
    }
  }

  /** By how much the last message has grown when it was inflated; tells it once. */
  int grown() {
    int told = grown;
    grown = 0;
    return told;
  }

  /** Forgets the message under way. */
  void drop() {
    begun = null;
  }
}
