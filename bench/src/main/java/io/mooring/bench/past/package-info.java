/**
 * Readings of a day that is over, put straight into the database as the hub would have left them:
 * the last hour as it was sent, the hours before merged by the hub's own code. Pattern: one device
 * of each kind is lived through, the others are its copies.
 *
 * <p>Threads: a scenario's own thread only.
 *
 * <p>Always: no hub runs meanwhile; every device has every reading of the day, and what the hub
 * answers about it is known beforehand.
 */
@NullMarked
package io.mooring.bench.past;

import org.jspecify.annotations.NullMarked;
