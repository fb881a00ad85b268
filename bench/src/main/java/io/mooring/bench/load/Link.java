package io.mooring.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One WebSocket, from the connect on. */
final class Link implements Connection.Owner {
  /** What becomes of a link. */
  interface Listener {
    /** The handshake was accepted. */
    void upgraded();

    /** A binary message stands in the buffer from its position to its limit. */
    void message(ByteBuffer in, long nowNanos);

    /** All messages that came together have been told. */
    void messagesRead();

    /** It is gone; told once. */
    void gone(String why);
  }

  /** RFC 6455's own example; the server must answer with {@link #ACCEPT}. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final int CONTINUATION = 0;

  private final Listener listener;
  private final byte[] request;
  private final Connection connection;
  private boolean isUpgraded;

  /** Begins to connect. */
  Link(EventLoop loop, SocketAddress to, String token, Listener listener) throws IOException {
    this.listener = listener;
    this.request = request(token);
    this.connection = new Connection(loop, to, this);
  }

  /** What a device asks for before its first frame. */
  static byte[] request(String token) {
    return """
    GET /device HTTP/1.1\r
    Host: localhost\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: %s\r
    Sec-WebSocket-Protocol: mooring.device.v1\r
    Authorization: Bearer %s\r
    \r
    """
        .formatted(KEY, token)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void connected() {
    connection.write(ByteBuffer.wrap(request));
  }

  @Override
  public void received(ByteBuffer in, long now) {
    if (!isUpgraded && !answered(in)) {
      return;
    }
    while (!connection.isGone() && frame(in, now)) {
      // On to the next one.
    }
    if (!connection.isGone()) {
      listener.messagesRead();
    }
  }

  /** False: the answer to the handshake is not whole yet, or no. */
  private boolean answered(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(in.position(), bytes);
    String answer = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    if (!answer.startsWith("HTTP/1.1 101 ") || !answer.contains(ACCEPT)) {
      String wait =
          answer.lines().filter(line -> line.startsWith("Retry-After: ")).findFirst().orElse("");
      end(
          "the handshake was refused: %s %s"
              .formatted(answer.lines().findFirst().orElse(""), wait));
      return false;
    }
    in.position(in.position() + end + 4);
    isUpgraded = true;
    listener.upgraded();
    return true;
  }

  /** Takes one frame out; false: it is not whole yet. */
  private boolean frame(ByteBuffer in, long now) {
    int at = in.position();
    if (in.remaining() < 2) {
      return false;
    }
    int first = in.get(at) & 0xff;
    int length = in.get(at + 1) & 0x7f;
    int header = 2;
    if (length == 126) {
      header = 4;
      if (in.remaining() < header) {
        return false;
      }
      length = (in.get(at + 2) & 0xff) << 8 | (in.get(at + 3) & 0xff);
    } else if (length == 127) {
      end("a frame of 64 KiB or more");
      return false;
    }
    if (in.remaining() < header + length) {
      return false;
    }
    int end = at + header + length;
    int limit = in.limit();
    in.position(at + header).limit(end);
    take(first, in, now);
    in.limit(limit).position(end);
    return true;
  }

  private void take(int first, ByteBuffer in, long now) {
    int opcode = first & 0x0f;
    if ((first & 0x80) == 0 || opcode == CONTINUATION) {
      end("a message in fragments, which this generator does not read");
      return;
    }
    switch (opcode) {
      case Wire.BINARY -> listener.message(in, now);
      case Wire.PING -> {
        ByteBuffer pong =
            ByteBuffer.allocate(Wire.HEADER + in.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        Wire.header(pong, Wire.PONG, in.remaining());
        write(pong.put(in).flip());
      }
      case Wire.PONG -> {}
      case Wire.CLOSE -> {
        int code = in.remaining() < 2 ? 1005 : (in.get() & 0xff) << 8 | (in.get() & 0xff);
        end("closed with %d %s".formatted(code, StandardCharsets.UTF_8.decode(in)));
      }
      default -> end("a frame with opcode " + opcode);
    }
  }

  void write(ByteBuffer bytes) {
    connection.write(bytes);
  }

  /** Cuts it off. */
  void end(String why) {
    connection.end(why);
  }

  @Override
  public void gone(String why) {
    listener.gone(why);
  }
}
