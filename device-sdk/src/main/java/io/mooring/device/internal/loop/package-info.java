/**
 * The one thread that owns the state of a device, and the only place that knows the time.
 * Everything above is written against {@link io.mooring.device.internal.loop.EventLoop}, so tests
 * run it by hand with a clock of their own.
 */
@NullMarked
package io.mooring.device.internal.loop;

import org.jspecify.annotations.NullMarked;
