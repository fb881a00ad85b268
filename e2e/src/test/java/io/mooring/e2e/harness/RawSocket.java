package io.mooring.e2e.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A WebSocket by hand, which may break every rule there is. Blocking; for one thread. */
public final class RawSocket implements AutoCloseable {
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;

  /** The line broke without a close frame. */
  public static final int CUT = 1006;

  private static final int READ_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final int status;

  /**
   * Connects and asks for an upgrade; {@link #status} tells the answer.
   *
   * @param authorization the header's value; null: no such header
   * @param receiveBytes size of the kernel's buffer for what is not read; 0: the usual
   */
  public RawSocket(int port, @Nullable String authorization, int receiveBytes) throws IOException {
    this(InetAddress.getLoopbackAddress(), port, authorization, receiveBytes);
  }

  private RawSocket(InetAddress from, int port, @Nullable String authorization, int receiveBytes)
      throws IOException {
    socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setSoTimeout(READ_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = socket.getOutputStream();
    String header = authorization == null ? "" : "Authorization: " + authorization + "\r\n";
    write(
        ("GET /device HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Protocol: mooring.device.v1\r\n"
                + header
                + "\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    status = Integer.parseInt(line().split(" ", 3)[1]);
    while (!line().isEmpty()) {
      // the other headers do not matter here
    }
  }

  /** As a device with this token. */
  public static RawSocket open(int port, String token) throws IOException {
    return open(InetAddress.getLoopbackAddress(), port, token);
  }

  /** The same from another address of this machine, with a forged header that names a third. */
  public static RawSocket openForged(String from, String forged, int port, String token)
      throws IOException {
    String headers = token + "\r\nX-Forwarded-For: " + forged;
    return open(InetAddress.getByName(from), port, headers);
  }

  private static RawSocket open(InetAddress from, int port, String token) throws IOException {
    RawSocket opened = new RawSocket(from, port, "Bearer " + token, 0);
    if (opened.status != 101) {
      throw new IOException("refused with " + opened.status);
    }
    return opened;
  }

  /** The HTTP status of the answer; 101 is a WebSocket. */
  public int status() {
    return status;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the hub ended the connection within its answer");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  /** Bytes as they are, with no frame around them. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** One whole message in one frame. */
  public void send(int opcode, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) (0x80 | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    // The mask is zero: allowed, and it leaves the payload as it is.
    frame.putInt(0).put(payload);
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    write(bytes);
  }

  /** Reads one byte, whatever it belongs to. */
  public void readByte() {
    try {
      in.readUnsignedByte();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the next message and returns its payload; a close frame is an error. */
  public byte[] receive() throws IOException {
    Frame frame = readFrame();
    if (frame.opcode == CLOSE) {
      throw new IOException("closed: " + new String(frame.payload, StandardCharsets.UTF_8));
    }
    return frame.payload;
  }

  /** Reads to the end and returns the close code, or {@link #CUT}. */
  public int closeCode() throws IOException {
    try {
      while (true) {
        Frame frame = readFrame();
        if (frame.opcode == CLOSE) {
          return frame.payload.length < 2
              ? 1005
              : ByteBuffer.wrap(frame.payload).getShort() & 0xffff;
        }
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the hub did not end the session", e);
    } catch (EOFException | SocketException e) {
      return CUT;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
  private record Frame(int opcode, byte[] payload) {}

  private Frame readFrame() throws IOException {
    int opcode = in.readUnsignedByte() & 0x0f;
    long length = in.readUnsignedByte() & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    return new Frame(opcode, payload);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
