/**
 * Bytes and sockets. With {@code web} the only package that knows Jetty. The handshake is decided
 * before the upgrade; then one endpoint a socket turns frames into the session's calls. The next
 * frame is read only when the last one is placed, so TCP is the back-pressure.
 *
 * <p>Threads: Jetty calls one endpoint's frame methods one after the other; sends may come from any
 * thread.
 */
@NullMarked
package io.mooring.hub.gateway;

import org.jspecify.annotations.NullMarked;
