/**
 * The hubs that share a database. PostgreSQL owns what is true: which node is alive ({@link
 * io.mooring.hub.cluster.NodeLease}), which session is its device's newest, in what order things
 * happened. The {@link io.mooring.hub.cluster.Bus} only says that there is something new to be
 * read.
 *
 * <p>Invariant: a hint that is lost, repeated, late, or overtaken by others harms nothing. Whoever
 * takes one looks into the database, and a roll call finds what a lost one has left behind.
 *
 * <p>Threads: hints arrive on a thread of the bus, which must not be held: who has to ask the
 * database does so elsewhere.
 */
@NullMarked
package io.mooring.hub.cluster;

import org.jspecify.annotations.NullMarked;
