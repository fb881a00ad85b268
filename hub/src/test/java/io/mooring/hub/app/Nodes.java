package io.mooring.hub.app;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.client.HubClient;
import io.mooring.hub.cluster.Bus;
import io.mooring.hub.cluster.Membership;
import io.mooring.hub.cluster.NodeLease;
import io.mooring.hub.cluster.Peers;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hubs that share a database, in one process. */
final class Nodes implements AutoCloseable {
  /** One of them. */
  record Node(String name, Hub hub, NodeLock lock, NodeLease lease, HubClient api, Database own)
      implements AutoCloseable {
    RawDevice open(String token) {
      RawDevice device = connect(token);
      device.hello(5, 1, 1, 0);
      return device;
    }

    RawDevice connect(String token) {
      return RawDevice.connect(URI.create("ws://127.0.0.1:" + hub.port() + "/device"), token);
    }

    @Override
    public void close() {
      api.close();
      hub.close();
      lock.close();
      lease.close();
      own.close();
    }
  }

  private final TestDatabase database;
  private final Bus bus;
  private final Duration lease;
  private final String key;
  private final List<Node> all = new ArrayList<>();

  /**
   * @param bus by which they speak; closed by whoever made it
   */
  Nodes(TestDatabase database, Bus bus, Duration lease) {
    this.database = database;
    this.bus = bus;
    this.lease = lease;
    database.execute("TRUNCATE device, command, event, session, audit, node, job, webhook CASCADE");
    key =
        new ApiKeys(database.database(), new SecureRandom())
            .create("test", Set.of(Scope.ADMIN), null, null, Actors.ANNA, Instant.now())
            .secret()
            .reveal();
  }

  /** An API key that may do everything. */
  String key() {
    return key;
  }

  /** A device, and its token. */
  String device(String id) {
    Instant now = Instant.now();
    int device =
        new DeviceStore(database.database())
            .create(id, id, Map.of("fleet", "all"), Actors.ANNA, now)
            .orElseThrow()
            .key();
    return new DeviceTokens(database.database(), new SecureRandom(), (_, _) -> {})
        .issue(device, "factory", now, null, Actors.ANNA, now)
        .secret()
        .reveal();
  }

  /** Starts another, which reaches the database as all do. */
  Node start(String name) {
    return start(name, database.port());
  }

  /**
   * The same.
   *
   * @param port where it reaches the database
   */
  Node start(String name, int port) {
    Database own = database.through(port);
    NodeLease its = new NodeLease(own, name, lease, new SecureRandom(), System::nanoTime);
    NodeLock lock = NodeLock.join(own, its.run(), name, its);
    its.begin("test", null);
    Membership membership = new Membership(Peers.on(bus, name), its);
    Hub hub = Hub.start(DataPaths.node(name), own, lock, membership);
    Node node = new Node(name, hub, lock, its, new HubClient(hub.uri(), key), own);
    all.add(node);
    return node;
  }

  /** Ends one in order. */
  void stop(Node node) {
    all.remove(node);
    node.close();
  }

  @Override
  public void close() {
    all.forEach(Node::close);
  }
}
