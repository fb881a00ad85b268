/**
 * Bytes over a WebSocket. The only package that knows Java-WebSocket; everything above sees {@link
 * io.mooring.device.internal.transport.Transport}. Two daemon threads per connection (one reads,
 * one writes), both of Java-WebSocket; the listener is called on them and must return at once.
 */
@NullMarked
package io.mooring.device.internal.transport;

import org.jspecify.annotations.NullMarked;
