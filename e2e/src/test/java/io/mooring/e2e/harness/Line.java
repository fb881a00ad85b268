package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Stands between a server and those who connect to it. It can cut every connection, or hold back
 * what goes one way or both on those there are, while new ones pass: so a session may be replaced
 * whose last frames are still on their way. It can also be out of order for a while, for the
 * present connections and for new ones: refusing, as when a process is gone, or silent, as when a
 * cable is.
 */
public final class Line implements Stage.Kept {
  private static final int LINGER_NOT = 0;

  /** Where bytes go. */
  public enum Way {
    TO_SERVER,
    FROM_SERVER
  }

  /** Sees what goes one way on one connection, and may change it. Called by one thread. */
  @FunctionalInterface
  public interface Tamper {
    Tamper NONE = bytes -> bytes;

    byte[] pass(byte[] bytes);
  }

  private final ServerSocket listener;
  private final IntSupplier server;
  private final Function<Way, Tamper> tampers;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refusing = new AtomicInteger();

  /** Holds everything, on whichever connection. */
  private final Gate all = new Gate();

  /** To one and the same port, with nothing changed on the way. */
  public Line(int port) {
    this(() -> port, way -> Tamper.NONE);
  }

  /**
   * @param server asked for its port at each connection
   * @param tampers asked for each way of each connection
   */
  public Line(IntSupplier server, Function<Way, Tamper> tampers) {
    this.server = server;
    this.tampers = tampers;
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

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        // closed, or the client has gone
      }
    }
  }

  private void connect(Socket client) throws IOException {
    if (refusing.get() > 0) {
      reset(client);
      return;
    }
    try {
      Connection connection =
          new Connection(client, new Socket(InetAddress.getLoopbackAddress(), server.getAsInt()));
      connections.add(connection);
      Thread.ofVirtual().start(() -> connection.pass(Way.TO_SERVER));
      Thread.ofVirtual().start(() -> connection.pass(Way.FROM_SERVER));
    } catch (IOException e) {
      client.close(); // nobody listens there for now
    }
  }

  /** Whether there is anything to cut or to hold. */
  public boolean isUsed() {
    return !connections.isEmpty();
  }

  /** Whether this is one of its connections, as the server sees it. */
  public boolean comesFrom(int port) {
    return connections.stream().anyMatch(connection -> connection.server.getLocalPort() == port);
  }

  /** Ends every connection, without a goodbye. */
  public void cut() {
    connections.forEach(Connection::cut);
  }

  /** Holds back what goes these ways on the present connections, until the result is run. */
  public Runnable hold(Set<Way> ways) {
    List<Gate> gates =
        connections.stream().flatMap(connection -> ways.stream().map(connection::gate)).toList();
    gates.forEach(Gate::shut);
    return () -> gates.forEach(Gate::open);
  }

  /** Ends every connection, and each new one at once, until the result is run. */
  public Runnable refuse() {
    refusing.incrementAndGet();
    cut();
    return refusing::decrementAndGet;
  }

  /**
   * Lets nothing pass, neither a byte nor the end of a connection, until the result is run; then
   * all of it arrives.
   */
  public Runnable silence() {
    all.shut();
    return all::open;
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.remove();
    cut();
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, LINGER_NOT);
      socket.close();
    } catch (IOException e) {
      // closed already
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket server;
    private final Gate forth = new Gate();
    private final Gate back = new Gate();

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    Gate gate(Way way) {
      return way == Way.TO_SERVER ? forth : back;
    }

    void pass(Way way) {
      Socket from = way == Way.TO_SERVER ? client : server;
      Socket to = way == Way.TO_SERVER ? server : client;
      Tamper tamper = tampers.apply(way);
      Gate gate = gate(way);
      byte[] buffer = new byte[64 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          byte[] bytes = new byte[n];
          System.arraycopy(buffer, 0, bytes, 0, n);
          gate.pass();
          all.pass();
          out.write(tamper.pass(bytes));
          out.flush();
        }
        // What was held back still arrives before the end does.
        gate.pass();
        all.pass();
      } catch (IOException e) {
        // cut by one side: the other is cut too
      } finally {
        end();
      }
    }

    void cut() {
      reset(client);
      reset(server);
      end();
    }

    private void end() {
      connections.remove(this);
      forth.remove();
      back.remove();
      for (Socket socket : List.of(client, server)) {
        try {
          socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int shut; // how many hold it shut
    private boolean removed;

    void shut() {
      change(1);
    }

    void open() {
      change(-1);
    }

    private void change(int by) {
      lock.lock();
      try {
        shut += by;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void remove() {
      lock.lock();
      try {
        removed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void pass() {
      lock.lock();
      try {
        while (shut > 0 && !removed) {
          changed.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
