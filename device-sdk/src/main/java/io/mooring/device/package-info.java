/**
 * Connects a device to a Mooring hub: readings up, commands down, connection kept for ever.
 *
 * <p>Start with {@link io.mooring.device.Device#builder}. This package is a thin face over {@code
 * io.mooring.device.internal}, which does not know it and is no API.
 *
 * <p>Threads, all daemons: {@code mooring-device} runs the connection; up to two by Java-WebSocket
 * per connection read and write the socket; {@code mooring-device-worker} threads call the program
 * (command handlers, state listeners, confirmations) and end after half a minute without work.
 */
@NullMarked
package io.mooring.device;

import org.jspecify.annotations.NullMarked;
