package io.mooring.hub.cluster;

import io.mooring.hub.cluster.NodeStore.Figures;
import io.mooring.hub.cluster.NodeStore.Run;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.NodeLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's right to hold sessions, renewed in PostgreSQL every second. It ends here no later than
 * there: this hub counts from before it asked, by a clock that never jumps. So no other node ends
 * sessions that this one still believes in; and should this hub stand still meanwhile, its writer's
 * connection is ended before its sessions are, and no new one is opened for it.
 */
public final class NodeLease implements NodeLock.Tenure {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);

  private static final String OVER =
      "Its lease on the database has run out, so other hubs may have its devices by now;"
          + " it starts anew.";

  /** The lock of the node that leads. "lead" in ASCII. */
  private static final long LEAD = 0x6c656164L;

  private static final Duration MARGIN = Duration.ofMillis(300);

  private final NodeStore store;
  private final Run run;
  private final Duration length;
  private final LongSupplier ticks;
  private volatile boolean begun;
  private volatile long heldUntil;
  private volatile boolean draining;
  private volatile @Nullable Instant formerAlive;
  private volatile Supplier<Figures> figures = () -> Figures.NONE;

  /** The connection by which this node leads; null: it does not. */
  private volatile @Nullable Connection leading;

  /**
   * A lease that has not begun.
   *
   * @param random tells this start of the hub from its others
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public NodeLease(
      Database database, String node, Duration length, RandomGenerator random, LongSupplier ticks) {
    this.store = new NodeStore(database);
    this.run = new Run(node, "%08x".formatted(random.nextInt()));
    this.length = length;
    this.ticks = ticks;
  }

  /** Tells this start of the hub from its others. */
  public String run() {
    return run.run();
  }

  /** What is done to the leases of all. */
  public NodeStore store() {
    return store;
  }

  /**
   * Begins, once this hub holds the lock of its name.
   *
   * @param former of the same process, which was lost; null: it starts
   */
  public void begin(String version, @Nullable NodeLease former) {
    long asked = ticks.getAsLong();
    formerAlive = store.begin(run, version, length, former != null).orElse(null);
    heldUntil = asked + length.toNanos();
    begun = true;
  }

  /** When the run of this node before this one was last known to be alive; null: unknown. */
  public @Nullable Instant formerAlive() {
    return formerAlive;
  }

  /** From now on tells others what the node does. */
  public void tells(Supplier<Figures> supplier) {
    figures = supplier;
  }

  @Override
  public Optional<String> end(Connection connection) throws SQLException {
    if (!begun) {
      return connection.isValid(1)
          ? Optional.empty()
          : Optional.of("Its connection to the database was lost before it began.");
    }
    long asked = ticks.getAsLong();
    Optional<Boolean> renewed = NodeStore.renew(connection, run, figures.get());
    if (renewed.isEmpty()) {
      return Optional.of(OVER);
    }
    draining = renewed.get();
    heldUntil = asked + length.toNanos();
    lead(connection);
    return Optional.empty();
  }

  @SuppressWarnings("ReferenceEquality") // the lock lasts as long as this very connection
  private void lead(Connection connection) throws SQLException {
    if (leading != connection) {
      leading = null;
      leading = takesLead(connection) ? connection : null;
    }
  }

  /**
   * Takes the lead for as long as the connection lasts, for work that one node does for all. False:
   * another has it.
   */
  private static boolean takesLead(Connection connection) throws SQLException {
    try (PreparedStatement lock =
            connection.prepareStatement("SELECT pg_try_advisory_lock(" + LEAD + ")");
        ResultSet row = lock.executeQuery()) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Whether this node is the one that works for all, such as deleting what is old. */
  public boolean leads() {
    return leading != null && over().isEmpty();
  }

  /** Why the lease is over, as far as this hub can tell by itself; empty: it is not. */
  public Optional<String> over() {
    return begun && ticks.getAsLong() - heldUntil > 0 ? Optional.of(OVER) : Optional.empty();
  }

  /**
   * Whether this hub may still act for its devices: a little shorter than the lease, as what it
   * does takes its time.
   */
  public boolean holds() {
    return ticks.getAsLong() - heldUntil < -MARGIN.toNanos();
  }

  /** Whether an operator wants this node to send its devices to others. */
  public boolean isDraining() {
    return draining;
  }

  /** A connection on which this run may write. */
  public Connection openWriter(Database database) throws SQLException {
    Connection made = database.openOwn(run.run());
    // Looked at last: whoever takes the lease away ends the connections that there are afterwards.
    if (!store.lasts(made, run.run())) {
      made.close();
      store.forgetMark(run.run());
      throw new SQLException(OVER, "08004");
    }
    return made;
  }

  /** Ends in order: nobody waits for this node any more. */
  public void close() {
    if (begun) {
      try {
        store.end(run);
      } catch (DatabaseException e) {
        LOG.warn("Other hubs find out by themselves that this one has ended: {}", e.getMessage());
      }
    }
  }
}
