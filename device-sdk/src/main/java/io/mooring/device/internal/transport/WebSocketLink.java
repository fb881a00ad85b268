package io.mooring.device.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.handshake.ServerHandshake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection by Java-WebSocket. */
final class WebSocketLink extends WebSocketClient implements Transport.Link {
  private static final Logger log = LoggerFactory.getLogger(WebSocketLink.class);

  /** The hub's frames are commands of at most 32 KiB and small change. */
  private static final int MAX_MESSAGE_BYTES = 128 * 1024;

  /** Instead of the library's 64 KiB, for the read buffer and the socket alike. */
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;

  private final Transport.Listener listener;
  private final HandshakeDraft draft;
  private volatile boolean opened;
  private volatile @Nullable String failure;

  WebSocketLink(WebSocketTransport transport, Transport.Listener listener) {
    this(transport, listener, new HandshakeDraft(transport.protocol(), MAX_MESSAGE_BYTES));
  }

  private WebSocketLink(
      WebSocketTransport transport, Transport.Listener listener, HandshakeDraft draft) {
    super(
        transport.endpoint(),
        draft,
        transport.headers(),
        Math.toIntExact(transport.connectTimeout().toMillis()));
    this.listener = listener;
    this.draft = draft;
    if (transport.tls() != null) {
      setSocketFactory(transport.tls());
    }
    setDaemon(true);
    setTcpNoDelay(true);
    setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    setConnectionLostTimeout(0); // the session's heartbeats do that, without a timer thread
  }

  @Override
  public void send(byte[] message) {
    try {
      super.send(message);
    } catch (WebsocketNotConnectedException e) {
      log.debug("Not sent: the connection is ending");
    }
  }

  @Override
  public void close(int code, String reason) {
    super.close(code, reason);
  }

  @Override
  public void abort() {
    // Closing a TLS socket can block behind a writer that is stuck itself: not on our caller's
    // time.
    Thread closer =
        new Thread("mooring-device-abort") {
          @Override
          public void run() {
            closeSocket();
          }
        };
    closer.setDaemon(true);
    closer.start();
  }

  private void closeSocket() {
    Socket socket = getSocket();
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("Closing the socket failed", e);
      }
    }
    closeConnection(1006, "aborted");
  }

  @Override
  public void onOpen(ServerHandshake handshake) {
    opened = true;
    listener.opened();
  }

  @Override
  public void onMessage(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    listener.received(bytes);
  }

  @Override
  public void onMessage(String message) {
    close(1003, "binary messages only");
  }

  @Override
  public void onError(Exception e) {
    String message = e.getMessage();
    failure = e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    log.debug("Connection error", e);
  }

  @Override
  public void onClose(int code, String reason, boolean remote) {
    listener.ended(ending(code, reason));
  }

  private Ending ending(int code, @Nullable String reason) {
    Ending.Refused refusal = draft.refusal();
    if (refusal != null) {
      return refusal;
    }
    if (opened) {
      // The library's own codes: -1 never connected, -2 buggy close; neither exists on the wire.
      return new Ending.Closed(code > 0 ? code : 1006, reason == null ? "" : reason);
    }
    String cause = failure;
    if (cause != null) {
      return new Ending.Failed(cause);
    }
    return new Ending.Failed(
        reason == null || reason.isEmpty() ? "the connection ended before it was open" : reason);
  }
}
