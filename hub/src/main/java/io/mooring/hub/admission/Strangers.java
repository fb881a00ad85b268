package io.mooring.hub.admission;

import io.mooring.hub.config.Networks;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.ops.Metrics;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections whose peers have shown no credential: those that said nothing yet, that say a
 * request byte by byte, or that only ask for what everybody may see. There are so many of them and
 * no more, of the node and of one address: for a new one the one longest silent goes, as a device
 * that means it shows its token within moments. Who asks for nothing for half a minute goes anyway,
 * however busily he sends. Safe for all threads.
 */
public final class Strangers {
  private static final long PATIENCE = Duration.ofSeconds(30).toNanos();

  /** Who is younger than this may be a device of a storm: then the new one goes. */
  private static final long GRACE = Duration.ofSeconds(1).toNanos();

  /** A connection. */
  public interface Socket {
    /** Closes it at once; may call {@link #left}. */
    void cut();

    /** Its peer has shown a credential; calls {@link #left}. */
    void known();
  }

  /**
   * @param came when it was accepted
   * @param since when it has asked last
   */
  private record Stay(@Nullable String source, long came, long since) {}

  private final SocketLimits limits;
  private final Networks proxies;
  private final LongSupplier ticks;
  private final Metrics metrics;

  /** The one longest silent comes first, here and of each address. */
  private final SequencedMap<Socket, Stay> all = new LinkedHashMap<>();

  private final Map<String, SequencedSet<Socket>> bySource = new HashMap<>();

  /**
   * @param proxies whose connections carry many clients, and so do not count by address
   */
  public Strangers(SocketLimits limits, Networks proxies, LongSupplier ticks, Metrics metrics) {
    this.limits = limits;
    this.proxies = proxies;
    this.ticks = ticks;
    this.metrics = metrics;
  }

  /** A connection was accepted. */
  public void came(Socket socket, @Nullable InetAddress from) {
    String source =
        from == null || proxies.contains(from) ? null : Source.of(from.getHostAddress());
    Socket ofAddress = null;
    Socket ofNode;
    synchronized (this) {
      long now = ticks.getAsLong();
      add(socket, new Stay(source, now, now));
      SequencedSet<Socket> neighbours = source == null ? null : bySource.get(source);
      if (neighbours != null && neighbours.size() > limits.addressUnauthenticatedSockets()) {
        ofAddress = leaves(neighbours.getFirst(), socket, now);
      }
      boolean full = all.size() > limits.unauthenticatedSockets();
      ofNode = full ? leaves(all.firstEntry().getKey(), socket, now) : null;
    }
    cut(ofAddress, "address-full");
    cut(ofNode, "full");
  }

  private Socket leaves(Socket oldest, Socket newest, long now) {
    Stay stay = all.get(oldest);
    Socket leaving = stay != null && now - stay.came() < GRACE ? newest : oldest;
    left(leaving);
    return leaving;
  }

  /** It has asked for something: its time begins anew. */
  public synchronized void asked(Socket socket) {
    Stay stay = all.get(socket);
    if (stay != null) {
      left(socket);
      add(socket, new Stay(stay.source(), stay.came(), ticks.getAsLong()));
    }
  }

  /** Its peer has shown who it is, or it is closed. */
  public synchronized void left(Socket socket) {
    Stay stay = all.remove(socket);
    String source = stay == null ? null : stay.source();
    if (source != null) {
      SequencedSet<Socket> neighbours = bySource.get(source);
      if (neighbours != null && neighbours.remove(socket) && neighbours.isEmpty()) {
        bySource.remove(source);
      }
    }
  }

  private void add(Socket socket, Stay stay) {
    all.put(socket, stay);
    if (stay.source() != null) {
      bySource.computeIfAbsent(stay.source(), _ -> new LinkedHashSet<>()).add(socket);
    }
  }

  /** Closes those who have asked for nothing for too long; called every second or so. */
  public void sweep() {
    List<Socket> late = new ArrayList<>();
    synchronized (this) {
      long now = ticks.getAsLong();
      while (!all.isEmpty() && now - all.firstEntry().getValue().since() >= PATIENCE) {
        Socket first = all.firstEntry().getKey();
        left(first);
        late.add(first);
      }
    }
    late.forEach(socket -> cut(socket, "slow"));
  }

  /** Closes all of them, so that a hub that ends need not wait for them. */
  public void close() {
    List<Socket> left;
    synchronized (this) {
      left = List.copyOf(all.keySet());
    }
    left.forEach(Socket::cut);
  }

  private void cut(@Nullable Socket socket, String reason) {
    if (socket != null) {
      metrics.strangersCut.labelValues(reason).inc();
      socket.cut();
    }
  }

  /** How many there are. */
  public synchronized int size() {
    return all.size();
  }
}
