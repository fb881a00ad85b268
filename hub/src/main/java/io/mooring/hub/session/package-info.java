/**
 * Who is connected. A {@link io.mooring.hub.session.DeviceSession} is the one owner of a socket's
 * meaning; the registry knows the newest session of each device; liveness watches how long each has
 * been silent.
 *
 * <p>Threads: frames of one session come one after the other (the gateway reads the next frame only
 * when told to); commits come on the writer's notifier thread; the liveness sweep has its own.
 * Shared fields of a session are volatile or guarded by the session's monitor, under which nothing
 * blocks.
 *
 * <p>Invariant: the hub acts for a session only while it is the newest of its device; PostgreSQL's
 * epoch decides which is.
 */
@NullMarked
package io.mooring.hub.session;

import org.jspecify.annotations.NullMarked;
