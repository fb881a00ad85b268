package io.mooring.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Requests for commands of some of the devices {@code bench-1}, {@code bench-2} and so on, numbered
 * from 1 on for each device. Requests are put together from parts made beforehand.
 */
public final class CommandRequests {
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final byte[] SUCCEEDED = ascii("\"state\":\"succeeded\"");
  private static final byte[] LINE_ACCEPTED = ascii("{\"status\":202,");
  private static final int LINE_BYTES = 128;

  /** How many commands each device was sent. */
  private final long[] sent;

  private final String key;
  private final int first;

  /**
   * Begins to count.
   *
   * @param key of the API
   * @param first number of the first device
   */
  public CommandRequests(String key, int first, int devices) {
    this.key = key;
    this.first = first;
    this.sent = new long[devices];
  }

  /** One command a request, each caller to a device of its own, answered when it has succeeded. */
  public Requests carriedOut() {
    return new Single("Prefer: wait=30\r\n", OK, SUCCEEDED) {
      @Override
      int device(int caller) {
        return caller % sent.length;
      }
    };
  }

  /** One command a request, to one device after the other, answered when it is queued. */
  public Requests queued() {
    return new Single("", ACCEPTED, new byte[0]) {
      private int next;

      @Override
      int device(int caller) {
        return next++ % sent.length;
      }
    };
  }

  /**
   * Many commands a request, to one device after the other, answered when they are queued.
   *
   * @param commands in all; the last request may hold fewer
   */
  public Requests bulk(int perRequest, long commands) {
    return new Bulk(perRequest, commands);
  }

  private String head(String path, String type, String more) {
    return """
    POST %s HTTP/1.1\r
    Host: localhost\r
    Authorization: Bearer %s\r
    Content-Type: %s\r
    %sContent-Length: \
    """
        .formatted(path, key, type, more);
  }

  private abstract class Single implements Requests {
    private final byte[][] heads = new byte[sent.length][];
    private final ByteBuffer out = ByteBuffer.allocate(1024);
    private final int wanted;
    private final byte[] text;

    Single(String header, int wanted, byte[] text) {
      this.wanted = wanted;
      this.text = text;
      for (int d = 0; d < heads.length; d++) {
        String path = "/api/v1/devices/bench-%d/commands".formatted(first + d);
        heads[d] = ascii(head(path, "application/json", header));
      }
    }

    abstract int device(int caller);

    @Override
    public ByteBuffer next(int caller) {
      int device = device(caller);
      String body = "{\"name\":\"set-interval\",\"payload\":{\"n\":" + ++sent[device] + "}}";
      out.clear().put(heads[device]);
      return out.put(ascii(body.length() + "\r\n\r\n" + body)).flip();
    }

    @Override
    public int answered(int status, ByteBuffer body) {
      if (status != wanted || count(body, text) == 0) {
        throw wrong(status, body);
      }
      return 1;
    }
  }

  private final class Bulk implements Requests {
    private final int perRequest;
    private final byte[] head = ascii(head("/api/v1/commands", "application/x-ndjson", ""));
    private final ByteBuffer out;
    private final StringBuilder lines = new StringBuilder();
    private long left;
    private int next;

    Bulk(int perRequest, long commands) {
      this.perRequest = perRequest;
      this.left = commands;
      this.out = ByteBuffer.allocate(1024 + LINE_BYTES * perRequest);
    }

    @Override
    public @Nullable ByteBuffer next(int caller) {
      int count = (int) Math.min(perRequest, left);
      if (count == 0) {
        return null;
      }
      left -= count;
      lines.setLength(0);
      for (int i = 0; i < count; i++) {
        int device = next++ % sent.length;
        lines
            .append("{\"device\":\"bench-")
            .append(first + device)
            .append("\",\"name\":\"set-interval\",\"payload\":{\"n\":")
            .append(++sent[device])
            .append("}}\n");
      }
      out.clear().put(head).put(ascii(lines.length() + "\r\n\r\n"));
      return out.put(ascii(lines.toString())).flip();
    }

    @Override
    public int answered(int status, ByteBuffer body) {
      int accepted = count(body, LINE_ACCEPTED);
      if (status != OK || accepted != count(body, new byte[] {'\n'})) {
        throw wrong(status, body);
      }
      return accepted;
    }
  }

  /** How often it stands there, at least once where it is empty. */
  private static int count(ByteBuffer body, byte[] text) {
    if (text.length == 0) {
      return 1;
    }
    int count = 0;
    int last = body.limit() - text.length;
    for (int at = body.position(); at <= last; at++) {
      if (body.get(at) == text[0] && stands(body, at, text)) {
        count++;
      }
    }
    return count;
  }

  private static boolean stands(ByteBuffer body, int at, byte[] text) {
    for (int i = 1; i < text.length; i++) {
      if (body.get(at + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static IllegalStateException wrong(int status, ByteBuffer body) {
    String text = StandardCharsets.UTF_8.decode(body).toString();
    return new IllegalStateException(
        "a command was answered %d: %s"
            .formatted(status, text.substring(0, Math.min(500, text.length()))));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
