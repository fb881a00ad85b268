/**
 * This very machine as a device: {@link io.mooring.demo.DemoDevice} reports real readings of the
 * operating system and obeys a few commands, through the SDK like any other device.
 *
 * <p>Threads: the main thread samples and sends; commands run on a worker of the SDK; the two share
 * only the interval in {@link io.mooring.demo.Reporter}.
 */
@NullMarked
package io.mooring.demo;

import org.jspecify.annotations.NullMarked;
