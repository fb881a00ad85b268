package io.mooring.hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and PostgreSQL, and can cut all connections, refuse new ones, fall silent
 * as a host that has vanished, or lose the answer to a statement that was carried out.
 */
public final class CutProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger answersLost = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition heard = lock.newCondition();
  private volatile boolean silent; // changed under the lock
  private volatile boolean refusing;
  private volatile @Nullable Pattern lost;
  private volatile boolean cutNext;

  public CutProxy(String host, int port) {
    this.host = host;
    this.port = port;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Cuts every connection and refuses new ones until {@link #restore}. */
  public void cut() {
    refusing = true;
    cutAll();
  }

  /** Passes nothing on until {@link #restore}, and cuts nothing: no packet arrives anywhere. */
  public void fallSilent() {
    silent = true;
  }

  public void restore() {
    refusing = false;
    lock.lock();
    try {
      silent = false;
      heard.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitHeard() {
    lock.lock();
    try {
      while (silent) {
        heard.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many connections were refused. */
  public int refused() {
    return refused.get();
  }

  /** How many connections were let through, or fell into silence. */
  public int connections() {
    return connections.get();
  }

  /**
   * The next such command, as COMMIT or COPY, reaches the server; its answer, the message
   * CommandComplete, does not come back.
   */
  public void loseNextAnswerTo(String command) {
    lost = Pattern.compile("C\0\0\0." + command + "[ \0]", Pattern.DOTALL);
  }

  /** The same, and from then on as after {@link #cut}. */
  public void cutAfterAnswerTo(String command) {
    cutNext = true;
    loseNextAnswerTo(command);
  }

  public int answersLost() {
    return answersLost.get();
  }

  private void cutAll() {
    sockets.forEach(CutProxy::close);
    sockets.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        if (refusing) {
          refused.incrementAndGet();
          close(client);
        } else {
          connections.incrementAndGet();
          Socket server = new Socket(host, port);
          sockets.add(client);
          sockets.add(server);
          Connection connection = new Connection(client, server);
          Thread.ofVirtual().start(connection::up);
          Thread.ofVirtual().start(connection::down);
        }
      }
    } catch (IOException e) {
      cutAll(); // closed
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket server;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void up() {
      pass(client, server, true);
    }

    void down() {
      pass(server, client, false);
    }

    private void pass(Socket from, Socket to, boolean upwards) {
      byte[] buffer = new byte[64 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!upwards && holds(lost, buffer, n)) {
            lost = null;
            refusing |= cutNext;
            cutNext = false;
            answersLost.incrementAndGet();
            break;
          }
          awaitHeard();
          out.write(buffer, 0, n);
          out.flush();
        }
      } catch (IOException e) {
        // cut by one side: the other is cut too
      } finally {
        close(from);
        close(to);
        sockets.remove(from);
        sockets.remove(to);
      }
    }
  }

  private static boolean holds(@Nullable Pattern answer, byte[] buffer, int length) {
    return answer != null
        && answer.matcher(new String(buffer, 0, length, StandardCharsets.ISO_8859_1)).find();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restore();
    cutAll();
  }
}
