package io.mooring.bench.floor;

import io.mooring.hub.wire.FrameEncoder;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.FutureCallback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The floor of a drain: reads the queued commands of each device that connects and sends them, in
 * order and as fast as the socket takes them. Takes no answer and stores nothing.
 */
public final class BareDrain {
  private static final int CONNECTIONS = 4;
  private static final int PAGE = 1_000;
  private static final String QUEUED =
      """
      SELECT id, name, content_type, payload, attempts, (extract(epoch FROM expires_at) * 1000000)::int8
      FROM command WHERE device_key = (SELECT key FROM device WHERE id = ?)
        AND state IN ('queued', 'sent', 'received')
      ORDER BY ordinal
      """;

  private final BlockingQueue<Connection> connections = new ArrayBlockingQueue<>(CONNECTIONS);

  private BareDrain() throws SQLException {
    Map<String, String> env = System.getenv();
    for (int i = 0; i < CONNECTIONS; i++) {
      Connection connection =
          DriverManager.getConnection(
              env.get("MOORING_DATABASE_URL"),
              env.get("MOORING_DATABASE_USER"),
              env.get("MOORING_DATABASE_PASSWORD"));
      connection.setAutoCommit(false);
      connections.add(connection);
    }
  }

  /**
   * Serves on 127.0.0.1, at the port that is its only argument, until it is killed. A device gives
   * its id for a token.
   */
  public static void main(String... arguments) throws SQLException {
    BareDrain drain = new BareDrain();
    BareEndpoint.serve(
        arguments[0],
        request -> {
          String token = request.getHeaders().get(HttpHeader.AUTHORIZATION);
          return drain.new Sending(token.substring("Bearer ".length()));
        });
  }

  private void send(String device, CoreSession session) {
    try {
      Connection connection = connections.take();
      try (PreparedStatement select = connection.prepareStatement(QUEUED)) {
        select.setFetchSize(PAGE);
        select.setString(1, device);
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            FutureCallback sent = new FutureCallback();
            boolean more = row.getRow() % PAGE != 0;
            session.sendFrame(frame(row), sent, more);
            if (!more) {
              sent.block();
            }
          }
        }
        session.flush(Callback.NOOP);
        connection.commit();
      } finally {
        connections.add(connection);
      }
    } catch (Exception e) {
      System.err.println(e);
      session.abort();
    }
  }

  private static Frame frame(ResultSet row) throws SQLException {
    byte[] frame =
        FrameEncoder.command(
            row.getObject(1, UUID.class),
            row.getString(2),
            row.getString(3),
            row.getBytes(4),
            row.getInt(5) + 1,
            row.getLong(6));
    return new Frame(OpCode.BINARY, ByteBuffer.wrap(frame));
  }

  private final class Sending implements FrameHandler {
    private final String device;

    Sending(String device) {
      this.device = device;
    }

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
      callback.succeeded();
      opened.demand();
      Thread.ofVirtual().start(() -> send(device, opened));
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
      callback.succeeded();
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
