package io.mooring.hub.cluster;

import org.jspecify.annotations.Nullable;

/**
 * This hub among those of its database.
 *
 * @param lease its right to hold sessions; null: it has the database for itself
 */
public record Membership(Peers peers, @Nullable NodeLease lease) {
  /** Of a hub that has its database for itself. */
  public static Membership alone(String node) {
    return new Membership(Peers.none(node), null);
  }

  /** Whether there may be others. */
  public boolean isShared() {
    return lease != null;
  }

  /** Whether this hub may act for its devices: others may have them once its lease runs out. */
  public boolean holds() {
    return lease == null || lease.holds();
  }

  /** Whether this hub does what one does for all. */
  public boolean leads() {
    return lease == null || lease.leads();
  }
}
