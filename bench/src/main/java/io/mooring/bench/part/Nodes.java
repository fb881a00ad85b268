package io.mooring.bench.part;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The hubs on one database: one that is alone, or two that hear of each other by NATS. */
public final class Nodes implements AutoCloseable {
  private final @Nullable NatsServer nats;
  private final List<Hub> hubs;

  private Nodes(@Nullable NatsServer nats, List<Hub> hubs) {
    this.nats = nats;
    this.hubs = List.copyOf(hubs);
  }

  /** Whether this machine has what several hubs need. */
  public static boolean canBeSeveral() {
    return NatsServer.find(System.getenv("PATH")).isPresent();
  }

  /**
   * Starts so many and waits until they are ready and hear of each other.
   *
   * @param script {@code bin/hub}, with nothing left to build
   * @param settings as variables; all others are the hub's defaults
   */
  public static Nodes start(
      Workplace place, Path script, Postgres postgres, Map<String, String> settings, int count) {
    if (count == 1) {
      return new Nodes(null, List.of(Hub.start(place, script, postgres, settings)));
    }
    NatsServer nats = NatsServer.start(place);
    List<Hub> hubs = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Map<String, String> own = new HashMap<>(settings);
      own.put("MOORING_NATS_URL", nats.url());
      own.put("MOORING_NODE_NAME", "bench-" + i);
      hubs.add(Hub.start(place, script, postgres, own));
    }
    hubs.forEach(Hub::awaitNats);
    return new Nodes(nats, hubs);
  }

  /** The only one, or the one that devices are at when they are all at one. */
  public Hub first() {
    return hubs.getFirst();
  }

  /** The other one of two; of a hub that is alone: itself. */
  public Hub last() {
    return hubs.getLast();
  }

  public boolean areSeveral() {
    return hubs.size() > 1;
  }

  public List<SocketAddress> addresses() {
    return hubs.stream().<SocketAddress>map(Hub::address).toList();
  }

  /** The sum of a metric over all labels of all hubs. */
  public double metric(String name) {
    return hubs.stream().mapToDouble(hub -> hub.metric(name)).sum();
  }

  /** Fails when they did not hear of each other: they go on without, but otherwise. */
  public void check() {
    if (nats != null && metric("mooring_nats_up") < hubs.size()) {
      throw new IllegalStateException("the hubs do not hear of each other: NATS is away");
    }
  }

  /** Whose CPU time is of interest, by name. */
  public Map<String, Long> processes(Postgres postgres) {
    Map<String, Long> processes = new LinkedHashMap<>();
    each((name, hub) -> processes.put(name, hub.pid()));
    processes.put("PostgreSQL", postgres.pid());
    if (nats != null) {
      processes.put("NATS", nats.pid());
    }
    return processes;
  }

  /** Does it with each, and its name in what is printed. */
  public void each(BiConsumer<String, Hub> action) {
    for (int i = 0; i < hubs.size(); i++) {
      action.accept(areSeveral() ? "hub-" + (i + 1) : "hub", hubs.get(i));
    }
  }

  @Override
  public void close() {
    hubs.reversed().forEach(Hub::close);
    if (nats != null) {
      nats.close();
    }
  }
}
