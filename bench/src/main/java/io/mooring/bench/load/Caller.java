package io.mooring.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the API that stays open, with one request under way at a time. Reads just as
 * much of HTTP/1.1 as the hub writes: answers with a Content-Length.
 */
final class Caller implements Connection.Owner {
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final String LENGTH = "\r\ncontent-length: ";

  private final Callers callers;
  private final int number;
  private final Connection connection;
  private @Nullable Requests underWay;
  private long askedAt;

  /** Of the answer under way: where its body begins and ends in the buffer; 0: not known yet. */
  private int bodyAt;

  private int bodyEnd;

  /** Begins to connect. */
  Caller(Callers callers, int number, EventLoop loop, SocketAddress to) throws IOException {
    this.callers = callers;
    this.number = number;
    this.connection = new Connection(loop, to, this);
  }

  @Override
  public void connected() {
    callers.connected();
  }

  boolean isBusy() {
    return underWay != null;
  }

  /** Asks the next question, if there is one and none is under way. */
  void ask() {
    Requests asked = callers.requests();
    if (asked == null || isBusy() || connection.isGone()) {
      return;
    }
    ByteBuffer request = asked.next(number);
    if (request != null) {
      underWay = asked;
      askedAt = System.nanoTime();
      connection.write(request);
    }
  }

  @Override
  public void received(ByteBuffer in, long now) {
    if (bodyAt == 0 && !head(in)) {
      return;
    }
    // What is left in the buffer comes again at its beginning, so these places stay right.
    if (in.limit() < bodyEnd) {
      return;
    }
    int status = number(in, STATUS_AT);
    ByteBuffer body = in.duplicate().position(bodyAt).limit(bodyEnd);
    in.position(bodyEnd);
    bodyAt = 0;
    Requests asked = underWay;
    if (asked == null || in.hasRemaining()) {
      throw new IllegalStateException("an answer without a question");
    }
    underWay = null;
    callers.done(asked.answered(status, body), now - askedAt);
    ask();
  }

  /** Looks for the end of the head; false: it is not there yet. */
  private boolean head(ByteBuffer in) {
    int end = in.position();
    while (end + 4 <= in.limit() && in.getInt(end) != 0x0a0d0a0d) {
      end++;
    }
    if (end + 4 > in.limit()) {
      return false;
    }
    byte[] bytes = new byte[end - in.position()];
    in.get(in.position(), bytes);
    String head = new String(bytes, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    int length = head.indexOf(LENGTH);
    if (length < 0) {
      throw new IllegalStateException("an answer without Content-Length: " + head);
    }
    bodyAt = end + 4;
    bodyEnd = bodyAt + number(in, length + LENGTH.length());
    return true;
  }

  private static int number(ByteBuffer in, int from) {
    int number = 0;
    for (int at = from; in.get(at) >= '0' && in.get(at) <= '9'; at++) {
      number = 10 * number + in.get(at) - '0';
    }
    return number;
  }

  void end() {
    connection.end("closed on purpose");
  }

  @Override
  public void gone(String why) {
    callers.gone(why);
  }
}
