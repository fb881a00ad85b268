/**
 * One connection after the other: connect, Hello, Welcome, traffic, heartbeats, the end, and when
 * to try again. {@link io.mooring.device.internal.session.Supervisor} owns the sequence, {@link
 * io.mooring.device.internal.session.Session} one connection.
 *
 * <p>Threads: all state belongs to the device loop; what the transport says is handed over to it.
 * Invariants: at most one session at a time; nothing but Hello leaves before Welcome; a session
 * that has ended is deaf.
 */
@NullMarked
package io.mooring.device.internal.session;

import org.jspecify.annotations.NullMarked;
