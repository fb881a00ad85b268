package io.mooring.hub.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.CommandReceived;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.HubFrame;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.NextTokenStored;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.extensions.IExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;

/** A device that says exactly what the test tells it to, and nothing by itself. */
public final class RawDevice implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How the socket ended. */
  public record Closed(int code, String reason) {}

  private final Map<HubFrame.BodyCase, BlockingQueue<HubFrame>> frames = new ConcurrentHashMap<>();
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();
  private final Socket socket;

  private RawDevice(URI hub, String token, List<IExtension> extensions) {
    socket = new Socket(hub, token, extensions);
  }

  /** Opens a socket; the session begins with {@link #hello}. */
  public static RawDevice connect(URI hub, String token) {
    return connect(hub, token, List.of());
  }

  /** The same over TLS, to {@code wss://…}. */
  public static RawDevice connect(URI hub, String token, SSLContext tls) {
    RawDevice device = new RawDevice(hub, token, List.of());
    device.socket.setSocketFactory(tls.getSocketFactory());
    return device.connect();
  }

  /** The same with extensions of WebSocket that it offers. */
  public static RawDevice connect(URI hub, String token, List<IExtension> extensions) {
    return new RawDevice(hub, token, extensions).connect();
  }

  private RawDevice connect() {
    try {
      if (!socket.connectBlocking(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("refused: " + closed.getNow(new Closed(0, "")));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  public void send(DeviceFrame frame) {
    socket.send(frame.toByteArray());
  }

  public void send(Telemetry.Builder batch) {
    send(DeviceFrame.newBuilder().setTelemetry(batch).build());
  }

  /** Sends one binary message of zeros in fragments of this size. */
  public void sendFragments(int bytes, int fragments) {
    for (int i = 1; i <= fragments; i++) {
      socket.sendFragmentedFrame(Opcode.BINARY, ByteBuffer.allocate(bytes), i == fragments);
    }
  }

  /** Sends the first piece of a binary message of zeros. */
  public void beginMessage(int bytes) {
    socket.sendFragmentedFrame(Opcode.BINARY, ByteBuffer.allocate(bytes), false);
  }

  public void sendRaw(byte[] bytes) {
    socket.send(bytes);
  }

  public void sendText(String text) {
    socket.send(text);
  }

  /** Says Hello with one stream and returns what the hub welcomes it with. */
  public HubFrame hello(long stream, long firstSeq, long nextSeq, long oldestTimeUs) {
    send(
        DeviceFrame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setAgent("raw/1")
                    .addStreams(
                        Stream.newBuilder()
                            .setId(stream)
                            .setFirstSeq(firstSeq)
                            .setNextSeq(nextSeq)
                            .setOldestTimeUs(oldestTimeUs)))
            .build());
    return next(HubFrame.BodyCase.WELCOME);
  }

  /** Says Hello without streams, as a device that takes its next token. */
  public HubFrame helloTakingTokens() {
    sayHello();
    return next(HubFrame.BodyCase.WELCOME);
  }

  /** The same without waiting for an answer. */
  public void sayHello() {
    Hello.Builder hello = Hello.newBuilder().setAgent("raw/1").setTakesNextToken(true);
    send(DeviceFrame.newBuilder().setHello(hello).build());
  }

  /** Says that it has stored this token. */
  public void stored(String token) {
    NextTokenStored.Builder stored =
        NextTokenStored.newBuilder().setTokenId(token.substring(4, 16));
    send(DeviceFrame.newBuilder().setNextTokenStored(stored).build());
  }

  /** Declares metrics of type number. */
  public void layout(int id, String... metrics) {
    Layout.Builder layout = Layout.newBuilder().setId(id);
    for (String name : metrics) {
      layout.addMetrics(Metric.newBuilder().setName(name).setType(ValueType.VALUE_TYPE_NUMBER));
    }
    send(DeviceFrame.newBuilder().setLayout(layout).build());
  }

  /** Sends one batch of one reading. */
  public void reading(long seq, int layout, long timeUs, double... values) {
    Telemetry.Builder batch =
        Telemetry.newBuilder().setSeq(seq).setLayout(layout).setTimeUs(timeUs);
    for (double value : values) {
      batch.addNumbers(value);
    }
    send(DeviceFrame.newBuilder().setTelemetry(batch).build());
  }

  public void received(ByteString command) {
    send(
        DeviceFrame.newBuilder()
            .setCommandReceived(CommandReceived.newBuilder().setId(command))
            .build());
  }

  public void succeed(ByteString command, String payload) {
    send(
        DeviceFrame.newBuilder()
            .setCommandResult(
                CommandResult.newBuilder()
                    .setId(command)
                    .setStatus(CommandStatus.COMMAND_STATUS_SUCCEEDED)
                    .setPayload(ByteString.copyFromUtf8(payload)))
            .build());
  }

  /** The next frame of this kind; others that came before it stay. */
  public HubFrame next(HubFrame.BodyCase body) {
    try {
      HubFrame frame = queue(body).poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("no " + body + " came; closed: " + closed.getNow(null));
      }
      return frame;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private BlockingQueue<HubFrame> queue(HubFrame.BodyCase body) {
    return frames.computeIfAbsent(body, b -> new LinkedBlockingQueue<>());
  }

  /** What has come and was not taken, of this kind. */
  public List<HubFrame> waiting(HubFrame.BodyCase body) {
    return List.copyOf(queue(body));
  }

  /** Waits until the acknowledgements reach this number. */
  public void awaitAck(long seq) {
    while (next(HubFrame.BodyCase.TELEMETRY_ACK).getTelemetryAck().getSeq() < seq) {
      // acknowledgements are cumulative: the last one counts
    }
  }

  /** Waits for the end. */
  public Closed awaitClose() {
    return closed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() {
    socket.close();
  }

  /** Cuts the connection without a close frame, as a device that loses power does. */
  public void cut() {
    socket.closeConnection(1006, "cut");
  }

  /** Numbers 1 to n. */
  public static IntStream upTo(int n) {
    return IntStream.rangeClosed(1, n);
  }

  private final class Socket extends WebSocketClient {
    Socket(URI hub, String token, List<IExtension> extensions) {
      super(
          hub,
          new Draft_6455(extensions, List.of(new Protocol("mooring.device.v1"))),
          Map.of("Authorization", "Bearer " + token));
      setConnectionLostTimeout(0);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String message) {}

    @Override
    public void onMessage(ByteBuffer message) {
      try {
        HubFrame frame = HubFrame.parseFrom(message);
        queue(frame.getBodyCase()).add(frame);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      closed.complete(new Closed(code, reason));
    }

    @Override
    public void onError(Exception e) {}
  }
}
