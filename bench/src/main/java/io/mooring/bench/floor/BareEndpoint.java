package io.mooring.bench.floor;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's core WebSocket API and nothing else: lets everyone in and answers each message with one
 * of two bytes, which the generator takes for an acknowledgement or an answer to a heartbeat.
 */
public final class BareEndpoint {
  private static final byte TELEMETRY = 0x1a;
  private static final byte[] ACK = {0x12, 0};
  private static final byte[] OTHER = {0x1a, 0};

  /** A storm's handshakes wait here for the acceptor; Jetty's default is 50. */
  private static final int BACKLOG = 4096;

  private BareEndpoint() {}

  /** Serves on 127.0.0.1, at the port that is its only argument, until it is killed. */
  public static void main(String... arguments) {
    serve(arguments[0], request -> new Answers());
  }

  /** Serves at this port with a handler for each socket. */
  static void serve(String port, Function<ServerUpgradeRequest, FrameHandler> handlers) {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(port));
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    WebSocketUpgradeHandler upgrade = new WebSocketUpgradeHandler();
    upgrade.addMapping("/device", new Everyone(handlers));
    upgrade.setHandler(new BareHttp.Ok());
    server.setHandler(upgrade);
    LifeCycle.start(server);
  }

  private record Everyone(Function<ServerUpgradeRequest, FrameHandler> handlers)
      implements WebSocketNegotiator {
    @Override
    public FrameHandler negotiate(
        ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
      response.setAcceptedSubProtocol("mooring.device.v1");
      response.setExtensions(List.of());
      return handlers.apply(request);
    }

    @Override
    public void customize(Configuration configuration) {
      configuration.setIdleTimeout(Duration.ZERO);
    }
  }

  private static final class Answers implements FrameHandler {
    private @Nullable CoreSession session;

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
      session = opened;
      callback.succeeded();
      opened.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      CoreSession open = session;
      if (open == null) {
        throw new IllegalStateException("not open");
      }
      if (frame.getOpCode() == OpCode.BINARY) {
        boolean batch = frame.getPayload().get(frame.getPayload().position()) == TELEMETRY;
        byte[] answer = batch ? ACK : OTHER;
        open.sendFrame(new Frame(OpCode.BINARY, ByteBuffer.wrap(answer)), Callback.NOOP, false);
      }
      callback.succeeded();
      open.demand();
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
      callback.succeeded();
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
      callback.succeeded();
    }
  }
}
