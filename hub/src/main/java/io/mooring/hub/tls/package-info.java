/**
 * Certificates and keys from PEM files, by the JDK alone. Knows no sockets; a hub without TLS loads
 * nothing of it. Everything here is immutable and safe for all threads.
 */
@NullMarked
package io.mooring.hub.tls;

import org.jspecify.annotations.NullMarked;
