/**
 * The load generator: thousands of devices that speak the real protocol, on one thread. Pattern: an
 * event loop over NIO sockets; {@code Link} is the WebSocket, {@code Device} the protocol, {@code
 * Fleet} what they send and when.
 *
 * <p>Threads: everything of a link or a device happens on the loop's thread; {@code Fleet}'s public
 * methods are for the scenario's thread and hand over tasks. Counters are read by any thread.
 *
 * <p>Always: a device keeps every limit the hub told it in Welcome, and its heartbeats; a batch
 * sent again is the same batch.
 */
@NullMarked
package io.mooring.bench.load;

import org.jspecify.annotations.NullMarked;
