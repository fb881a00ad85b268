package io.mooring.hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** A TCP connection to the hub on which a test writes bytes that no WebSocket library would. */
public final class RawSocket implements AutoCloseable {
  private static final int PATIENCE_MS = 15_000;
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private Socket socket;
  private final URI hub;
  private final String token;

  private RawSocket(URI hub, String token, int receiveBuffer) throws IOException {
    this.hub = hub;
    this.token = token;
    this.socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new java.net.InetSocketAddress(hub.getHost(), hub.getPort()));
  }

  public static RawSocket open(URI hub, String token, int receiveBuffer) {
    try {
      return new RawSocket(hub, token, receiveBuffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins TLS, after whatever was written before. */
  public void tls(SSLContext context) {
    try {
      socket = context.getSocketFactory().createSocket(socket, hub.getHost(), hub.getPort(), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Upgrades to WebSocket. */
  public void handshake() {
    String answer = get(hub.getPath(), upgrade(token));
    if (!answer.startsWith("HTTP/1.1 101 ")) {
      throw new IllegalStateException(answer);
    }
  }

  /** The headers of a good handshake. */
  public static String upgrade(String token) {
    return "Authorization: Bearer "
        + token
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Protocol: mooring.device.v1\r\n";
  }

  /** Sends a GET with these headers; returns the answer's head, and its body if it has a length. */
  public String get(String path, String headers) {
    ask(path, headers);
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) (read(1)[0] & 0xff));
    }
    Matcher length = LENGTH.matcher(head);
    return length.find()
        ? head + new String(read(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8)
        : head.toString();
  }

  /** Sends a GET with these headers, and waits for nothing. */
  public void ask(String path, String headers) {
    write(
        ("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n")
            .getBytes(StandardCharsets.US_ASCII));
  }

  public void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes one frame under the mask 0. */
  public void sendMasked(byte firstByte, byte[] payload) {
    write(masked(firstByte, payload));
  }

  private static byte[] masked(byte firstByte, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(8 + payload.length).put(firstByte);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    frame.putInt(0).put(payload);
    return Arrays.copyOf(frame.array(), frame.position());
  }

  /** Writes the same masked frame again and again and reads nothing; false: cut off. */
  public boolean flood(byte firstByte, byte[] payload, int times) {
    byte[] frame = masked(firstByte, payload);
    byte[] many = new byte[frame.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(frame, 0, many, i * frame.length, frame.length);
    }
    try {
      socket.getOutputStream().write(many);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads one frame of less than 64 KiB: its first byte, then its payload; empty at the end. */
  public byte[] readFrame() {
    byte[] head = read(2);
    if (head.length < 2) {
      return new byte[0];
    }
    int length = head[1] & 0x7f;
    if (length == 126) {
      length = ByteBuffer.wrap(read(2)).getShort() & 0xffff;
    }
    return ByteBuffer.allocate(1 + length).put(head[0]).put(read(length)).array();
  }

  public byte[] read(int bytes) {
    try {
      return socket.getInputStream().readNBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads until the hub ends the connection; false: it did not in time. */
  public boolean readToEnd() {
    try {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      while (in.read(buffer) >= 0) {
        // what the hub says before it goes does not matter
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
