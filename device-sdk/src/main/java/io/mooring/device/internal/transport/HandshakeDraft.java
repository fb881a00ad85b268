package io.mooring.device.internal.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.IncompleteHandshakeException;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * RFC 6455 without extensions, that remembers what a refused handshake was answered with. The
 * library itself drops them: it gives up at the status line, before the headers have been read.
 */
final class HandshakeDraft extends Draft_6455 {
  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  private final String protocol;
  private final int maxMessageBytes;
  private volatile Ending.@Nullable Refused refusal;

  HandshakeDraft(String protocol, int maxMessageBytes) {
    super(List.of(), List.of(new Protocol(protocol)), maxMessageBytes);
    this.protocol = protocol;
    this.maxMessageBytes = maxMessageBytes;
  }

  Ending.@Nullable Refused refusal() {
    return refusal;
  }

  @Override
  public Handshakedata translateHandshake(ByteBuffer buffer) throws InvalidHandshakeException {
    String answer =
        new String(
            buffer.array(),
            buffer.arrayOffset() + buffer.position(),
            buffer.remaining(),
            StandardCharsets.ISO_8859_1);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      if (answer.length() > MAX_ANSWER_BYTES) {
        throw new InvalidHandshakeException("the answer has more than 16 KiB of headers");
      }
      // A size of its own: what the library would ask for may be less than what is already there.
      throw new IncompleteHandshakeException(buffer.capacity() + 1024);
    }
    Refusal refused = Refusal.in(answer.substring(0, end), answer.substring(end + 4));
    if (refused != null) {
      refusal = refused.ending();
      if (refused.missing() > 0) {
        // Should the rest not come, what is known already is the ending.
        throw new IncompleteHandshakeException(buffer.capacity() + refused.missing());
      }
    }
    return super.translateHandshake(buffer);
  }

  /** The library copies the draft it is given before use; this one is made for one connection. */
  @Override
  public Draft copyInstance() {
    return this;
  }

  /** Identity: a draft belongs to one connection. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "sub-protocol " + protocol + ", messages up to " + maxMessageBytes + " bytes";
  }
}
