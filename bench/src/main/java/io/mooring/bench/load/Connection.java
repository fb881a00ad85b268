package io.mooring.bench.load;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One TCP connection of the loop, from the connect on: bytes in, bytes out. */
final class Connection {
  /** What becomes of a connection. */
  interface Owner {
    void connected();

    /**
     * Bytes stand in the buffer; those that it leaves there come again, followed by more. The
     * buffer holds far more than any one message.
     */
    void received(ByteBuffer in, long nowNanos);

    /** It is gone; told once. */
    void gone(String why);
  }

  private final EventLoop loop;
  private final Owner owner;
  private final SocketChannel channel;
  private final SelectionKey key;
  private boolean isGone;

  /** The beginning of a message whose rest has not come yet. */
  private byte @Nullable [] begun;

  /** What the socket would not take, ready to be read. */
  private @Nullable ByteBuffer waiting;

  /** Begins to connect. */
  Connection(EventLoop loop, SocketAddress to, Owner owner) throws IOException {
    this.loop = loop;
    this.owner = owner;
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    // Closing resets the connection, so that no port is left in TIME_WAIT for the next round.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    this.key = channel.register(loop.selector, SelectionKey.OP_CONNECT, this);
    channel.connect(to);
  }

  void ready() {
    try {
      if (!key.isValid()) {
        return;
      }
      if (key.isConnectable() && channel.finishConnect()) {
        key.interestOps(SelectionKey.OP_READ);
        owner.connected();
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
    owner.received(in, System.nanoTime());
    if (!isGone && in.hasRemaining()) {
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      begun = rest;
    }
  }

  boolean isGone() {
    return isGone;
  }

  /** Sends it, or as much as the socket takes, and the rest when it takes more. */
  void write(ByteBuffer bytes) {
    if (isGone) {
      return;
    }
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
    owner.gone(why);
  }
}
