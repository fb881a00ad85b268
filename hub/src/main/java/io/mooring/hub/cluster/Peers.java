package io.mooring.hub.cluster;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other hubs on this database, as far as one can speak to them. Safe for all threads. */
public final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final String ALL = "all";
  private static final byte[] NOTHING = {};

  private final String node;
  private final Bus bus;
  private final boolean alone;
  private final Map<Class<? extends Hint>, BiConsumer<String, Hint>> takers =
      new ConcurrentHashMap<>();

  private Peers(String node, Bus bus, boolean alone) {
    this.node = node;
    this.bus = bus;
    this.alone = alone;
  }

  /** This hub has its database for itself. */
  public static Peers none(String node) {
    return new Peers(node, new InProcessBus(), true);
  }

  /** Those that are reached by this bus. */
  public static Peers on(Bus bus, String node) {
    Peers peers = new Peers(node, bus, false);
    bus.subscribe("node." + node, peers::take);
    bus.subscribe(ALL, peers::take);
    return peers;
  }

  /** Whether there may be others at all. */
  public boolean exist() {
    return !alone;
  }

  /** The name of this node. */
  public String node() {
    return node;
  }

  /** Tells one node; nothing where that is this one. */
  public void tell(String other, Hint hint) {
    if (!alone && !other.equals(node)) {
      bus.publish("node." + other, HintCodec.encode(node, hint));
    }
  }

  /** Tells all other nodes. */
  public void tellAll(Hint hint) {
    if (!alone) {
      bus.publish(ALL, HintCodec.encode(node, hint));
    }
  }

  /**
   * From now on takes hints of a kind that other nodes send.
   *
   * @param taker of the sender's name and the hint; called on the bus's thread, must not block
   */
  public <H extends Hint> void on(Class<H> kind, BiConsumer<String, H> taker) {
    takers.put(kind, (by, hint) -> taker.accept(by, kind.cast(hint)));
  }

  private void take(byte[] message) {
    try {
      HintCodec.Said said = HintCodec.decode(message);
      if (said != null && !said.by().equals(node)) {
        BiConsumer<String, Hint> taker = takers.get(said.hint().getClass());
        if (taker != null) {
          taker.accept(said.by(), said.hint());
        }
      }
    } catch (IOException e) {
      LOG.warn("A message on the bus is no hint of a hub: {}", e.toString());
    }
  }

  /** Sends to all nodes that follow this topic, this one included. */
  public void publish(String topic, byte[] message) {
    if (!alone) {
      bus.publish(topic, message);
    }
  }

  /** Says that there is news of this topic. */
  public void publish(String topic) {
    publish(topic, NOTHING);
  }

  /** Follows a topic; the taker is called on the bus's thread and must not block. */
  public Bus.Subscription follow(String topic, Consumer<byte[]> taker) {
    return bus.subscribe(topic, taker);
  }

  /** Why nothing is heard of others; empty: it is. */
  public Optional<String> problem() {
    return bus.problem();
  }

  @Override
  public void close() {
    bus.close();
  }
}
