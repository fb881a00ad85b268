package io.mooring.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One WebSocket, from the connect on. */
final class Link {
  /** What becomes of a link. */
  interface Listener {
    /** The handshake was accepted. */
    void upgraded();

    /** A binary message stands in the buffer from its position to its limit. */
    void message(ByteBuffer in, long nowNanos);

    /** It is gone; told once. */
    void gone(String why);
  }

  /** RFC 6455's own example; the server must answer with {@link #ACCEPT}. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final int CONTINUATION = 0;

  private final EventLoop loop;
  private final Listener listener;
  private final byte[] request;
  private final SocketChannel channel;
  private final SelectionKey key;
  private boolean isUpgraded;
  private boolean isGone;

  /** The beginning of a frame whose rest has not come yet. */
  private byte @Nullable [] begun;

  /** What the socket would not take, ready to be read. */
  private @Nullable ByteBuffer waiting;

  /** Begins to connect. */
  Link(EventLoop loop, SocketAddress to, String token, Listener listener) throws IOException {
    this.loop = loop;
    this.listener = listener;
    this.request = request(token);
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    // Closing resets the connection, so that no port is left in TIME_WAIT for the next round.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    this.key = channel.register(loop.selector, SelectionKey.OP_CONNECT, this);
    channel.connect(to);
  }

  private static byte[] request(String token) {
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

  void ready() {
    try {
      if (!key.isValid()) {
        return;
      }
      if (key.isConnectable() && channel.finishConnect()) {
        key.interestOps(SelectionKey.OP_READ);
        write(ByteBuffer.wrap(request));
        return;
      }
      if (key.isWritable()) {
        writeWaiting();
      }
      if (key.isValid() && key.isReadable()) {
        read();
      }
    } catch (IOException e) {
      end(e.toString());
    }
  }

  private void read() throws IOException {
    ByteBuffer in = loop.in.clear();
    if (begun != null) {
      in.put(begun);
      begun = null;
    }
    if (channel.read(in) < 0) {
      end("the other side closed the connection");
      return;
    }
    in.flip();
    if (!isUpgraded && !answered(in)) {
      keep(in);
      return;
    }
    long now = System.nanoTime();
    while (!isGone && frame(in, now)) {
      // On to the next one.
    }
    if (!isGone) {
      keep(in);
    }
  }

  private void keep(ByteBuffer in) {
    if (in.hasRemaining()) {
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      begun = rest;
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
      end("the handshake was refused: " + answer.lines().findFirst().orElse(""));
      in.position(in.limit());
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
    if (!isGone) {
      in.limit(limit).position(end);
    }
    return !isGone;
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

  /** Sends it, or as much as the socket takes, and the rest when it takes more. */
  void write(ByteBuffer bytes) {
    try {
      if (waiting == null) {
        channel.write(bytes);
      }
      if (bytes.hasRemaining()) {
        ByteBuffer before = waiting;
        int kept = before == null ? 0 : before.remaining();
        ByteBuffer all = ByteBuffer.allocate(kept + bytes.remaining());
        if (before != null) {
          all.put(before);
        }
        waiting = all.put(bytes).flip();
        key.interestOpsOr(SelectionKey.OP_WRITE);
      }
    } catch (IOException e) {
      end(e.toString());
    }
  }

  private void writeWaiting() throws IOException {
    ByteBuffer rest = waiting;
    if (rest != null) {
      channel.write(rest);
      if (rest.hasRemaining()) {
        return;
      }
      waiting = null;
    }
    key.interestOpsAnd(~SelectionKey.OP_WRITE);
  }

  /** Cuts it off. */
  void end(String why) {
    if (isGone) {
      return;
    }
    isGone = true;
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way, and the reason is told below.
    }
    listener.gone(why);
  }
}
