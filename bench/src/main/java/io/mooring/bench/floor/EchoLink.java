package io.mooring.bench.floor;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket to the {@link BareEndpoint} that waits for each answer. */
public final class EchoLink implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  /** A masked frame with the key 0, as long as a device's answer to a command. */
  private static final byte[] FRAME = new byte[6 + 22];

  static {
    FRAME[0] = (byte) 0x82;
    FRAME[1] = (byte) (0x80 | (FRAME.length - 6));
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;

  public EchoLink(InetSocketAddress to) throws IOException {
    socket.connect(to, TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write(
            """
            GET /device HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: mooring.device.v1\r
            \r
            """
                .getBytes(StandardCharsets.US_ASCII));
    int last = 0;
    while (last != 0x0d0a0d0a) {
      last = last << 8 | in.readUnsignedByte();
    }
  }

  /** Sends a frame and waits for one of two bytes. */
  public void roundTrip() throws IOException {
    socket.getOutputStream().write(FRAME);
    if (in.readInt() >>> 16 != 0x8202) {
      throw new IOException("the endpoint did not answer as it should");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
