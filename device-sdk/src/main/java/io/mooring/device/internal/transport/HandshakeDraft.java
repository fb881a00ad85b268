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
 * RFC 6455 without extensions, that remembers the status and Retry-After of a refused handshake.
 * The library itself drops them: it gives up at the status line, before the headers have been read.
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
    refusal = refusalIn(answer.substring(0, end));
    return super.translateHandshake(buffer);
  }

  private static Ending.@Nullable Refused refusalIn(String head) {
    String[] lines = head.split("\r\n", -1);
    int status = status(lines[0]);
    if (status < 0 || status == 101) {
      return null;
    }
    String retryAfter = null;
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).trim().equalsIgnoreCase("Retry-After")) {
        retryAfter = line.substring(colon + 1).trim();
      }
    }
    return new Ending.Refused(status, retryAfter);
  }

  /** The number in {@code HTTP/1.1 401 Unauthorized}; -1 when there is none. */
  private static int status(String line) {
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/") || words[1].length() != 3) {
      return -1;
    }
    try {
      return Integer.parseInt(words[1]);
    } catch (NumberFormatException e) {
      return -1;
    }
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
