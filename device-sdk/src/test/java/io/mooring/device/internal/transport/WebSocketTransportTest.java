package io.mooring.device.internal.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.WebSocketServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WebSocketTransportTest {
  private static final String PROTOCOL = "mooring.device.v1";

  @Test
  void sendsHeadersAndSubProtocolAndBytesBothWays() throws Exception {
    try (EchoServer server = EchoServer.start(PROTOCOL)) {
      Heard heard = new Heard();
      Transport.Link link = transport(server.getPort()).connect(heard);
      assertThat(heard.next()).isEqualTo("opened");
      assertThat(server.handshake.take())
          .isEqualTo("/device|Bearer secret|mooring.device.v1|no extensions");
      link.send(new byte[] {1, 2, 3});
      assertThat(heard.next()).isEqualTo("[1, 2, 3]");
      link.send(new byte[70_000]);
      assertThat(heard.next()).hasSize(70_000 * 3);
      link.close(1000, "bye");
      assertThat(heard.next()).isEqualTo("Closed[code=1000, reason=bye]");
      link.send(new byte[1]);
    }
  }

  @Test
  void hearsCloseCodeAndReason() throws Exception {
    try (EchoServer server = EchoServer.start(PROTOCOL)) {
      Heard heard = new Heard();
      transport(server.getPort()).connect(heard);
      assertThat(heard.next()).isEqualTo("opened");
      server.client.take().close(4000, "draining; retry-ms=1500");
      assertThat(heard.next()).isEqualTo("Closed[code=4000, reason=draining; retry-ms=1500]");
    }
  }

  @Test
  void refusesTextAndWhatIsTooLarge() throws Exception {
    try (EchoServer server = EchoServer.start(PROTOCOL)) {
      Heard heard = new Heard();
      transport(server.getPort()).connect(heard);
      assertThat(heard.next()).isEqualTo("opened");
      server.client.take().send("text");
      assertThat(heard.next()).startsWith("Closed[code=1003");

      transport(server.getPort()).connect(heard);
      assertThat(heard.next()).isEqualTo("opened");
      server.client.take().send(new byte[128 * 1024 + 1]);
      assertThat(heard.next()).startsWith("Closed[code=1009");
    }
  }

  @Test
  void leavesAServerThatDoesNotSpeakTheProtocol() throws Exception {
    try (EchoServer server = EchoServer.start("other")) {
      Heard heard = new Heard();
      transport(server.getPort()).connect(heard);
      assertThat(heard.next()).startsWith("Failed[message=").contains("refuses handshake");
    }
  }

  @Test
  void aRefusedHandshakeHasItsStatusAndRetryAfter() throws Exception {
    assertThat(
            answerTo(
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"))
        .isEqualTo("Refused[status=401, retryAfter=null, why=]");
    assertThat(answerTo("HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER:  17 \r\n\r\n"))
        .isEqualTo("Refused[status=503, retryAfter=17, why=]");
    assertThat(answerTo("HTTP/1.1 426 \r\n\r\n"))
        .isEqualTo("Refused[status=426, retryAfter=null, why=]");
  }

  @Test
  void aRefusedHandshakeSaysWhatTheHubSays() throws Exception {
    String body = "{\"title\":\"Über \\\"it\\\"\",\"status\":401,\"detail\":\"Issue\\tanother\"}";
    int length = body.getBytes(UTF_8).length;
    String head =
        String.join(
            "\r\n",
            "HTTP/1.1 401 Unauthorized",
            "Content-Type: application/problem+json",
            "Content-Length: %d",
            "",
            "");
    Heard heard = new Heard();
    WebSocketLink link = new WebSocketLink(transport(1), heard);
    WebSocketImpl engine = (WebSocketImpl) link.getConnection();
    decode(engine, head.formatted(length).getBytes(ISO_8859_1));
    decode(engine, Arrays.copyOf(body.getBytes(UTF_8), 10));
    decode(engine, Arrays.copyOfRange(body.getBytes(UTF_8), 10, length));
    engine.eot();
    assertThat(heard.next())
        .isEqualTo("Refused[status=401, retryAfter=null, why=Über \"it\". Issue another]");
    assertThat(answerTo(head.formatted(100) + "{\"title\":\"cut"))
        .as("a body that breaks off")
        .isEqualTo("Refused[status=401, retryAfter=null, why=]");
    assertThat(new Ending.Refused(401, null, "The token is not valid").text())
        .endsWith("HTTP status 401: The token is not valid");
  }

  @Test
  void aRefusalThatArrivesInPiecesIsReadToItsEnd() throws Exception {
    String[] pieces = {
      "HTTP/1.1 42",
      "9 Too Many Requests\r\nX-Long: " + "x".repeat(5_000),
      "x".repeat(5_000) + "\r\nRetry-",
      "After: 9\r\n\r",
      "\n"
    };
    Heard heard = new Heard();
    WebSocketLink link = new WebSocketLink(transport(1), heard);
    WebSocketImpl engine = (WebSocketImpl) link.getConnection();
    for (String piece : pieces) {
      decode(engine, piece.getBytes(ISO_8859_1));
    }
    engine.eot();
    assertThat(heard.next()).isEqualTo("Refused[status=429, retryAfter=9, why=]");
  }

  /** As the library reads: into a buffer of its own size. */
  private static void decode(WebSocketImpl engine, byte[] piece) {
    engine.decode(ByteBuffer.wrap(Arrays.copyOf(piece, 16 * 1024), 0, piece.length));
  }

  @Test
  void whatIsNoHttpEndsTheAttempt() throws Exception {
    assertThat(answerTo("SSH-2.0-OpenSSH_9\r\n\r\n")).startsWith("Failed[");
    assertThat(answerTo("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000))).startsWith("Failed[");
    assertThat(answerTo("")).startsWith("Failed[");
  }

  @Test
  void aPortNobodyListensOnIsAFailure() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    Heard heard = new Heard();
    transport(port).connect(heard);
    assertThat(heard.next()).startsWith("Failed[message=ConnectException");
  }

  @Test
  void abortEndsAConnectionThatHangs() throws Exception {
    try (ServerSocket silent = listen()) {
      Heard heard = new Heard();
      Transport.Link link = transport(silent.getLocalPort()).connect(heard);
      Socket accepted = silent.accept();
      link.abort();
      assertThat(heard.next()).startsWith("Failed[");
      accepted.close();
    }
  }

  @Test
  void doesNotShowTheToken() {
    assertThat(transport(1).toString()).doesNotContain("secret");
  }

  /** What the device makes of a server that answers with these pieces and closes. */
  private static String answerTo(String... pieces) throws Exception {
    try (ServerSocket server = listen()) {
      Heard heard = new Heard();
      transport(server.getLocalPort()).connect(heard);
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        readRequest(socket);
        OutputStream out = socket.getOutputStream();
        for (String piece : pieces) {
          out.write(piece.getBytes(ISO_8859_1));
          out.flush();
        }
        socket.shutdownOutput();
        return heard.next();
      }
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static void readRequest(Socket socket) throws IOException {
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      request.append((char) socket.getInputStream().read());
    }
  }

  private static WebSocketTransport transport(int port) {
    return new WebSocketTransport(
        URI.create("ws://127.0.0.1:" + port + "/device"),
        PROTOCOL,
        Map.of("Authorization", "Bearer secret"),
        Duration.ofSeconds(5),
        null);
  }

  private static final class EchoServer extends WebSocketServer implements AutoCloseable {
    final BlockingQueue<String> handshake = new LinkedBlockingQueue<>();
    final BlockingQueue<WebSocket> client = new LinkedBlockingQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);

    private EchoServer(Draft draft) {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(draft));
      setDaemon(true);
    }

    static EchoServer start(String protocol) throws InterruptedException {
      EchoServer server =
          new EchoServer(
              new Draft_6455(List.of(), List.of(new Protocol(protocol), new Protocol(""))));
      server.start();
      server.started.await();
      return server;
    }

    @Override
    public void onOpen(WebSocket conn, ClientHandshake request) {
      String extensions = request.getFieldValue("Sec-WebSocket-Extensions");
      handshake.add(
          String.join(
              "|",
              request.getResourceDescriptor(),
              request.getFieldValue("Authorization"),
              request.getFieldValue("Sec-WebSocket-Protocol"),
              extensions.isEmpty() ? "no extensions" : extensions));
      client.add(conn);
    }

    @Override
    public void onMessage(WebSocket conn, ByteBuffer message) {
      conn.send(message);
    }

    @Override
    public void onMessage(WebSocket conn, String message) {}

    @Override
    public void onClose(WebSocket conn, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket conn, Exception e) {}

    @Override
    public void onStart() {
      started.countDown();
    }

    @Override
    public void close() throws IOException {
      try {
        stop(1_000);
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
  }
}
