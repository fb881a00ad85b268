/**
 * Commands while everything dies: a {@link io.mooring.e2e.chaos.Trial} has callers who send them,
 * devices that carry them out, and a {@link io.mooring.e2e.chaos.Schedule} of faults. Afterwards
 * the {@link io.mooring.e2e.chaos.Judge} compares four accounts of what happened: what callers were
 * told, the hub's table with its events, the journals of the devices' SDK, and what the devices'
 * handlers wrote down themselves.
 *
 * <p>The schedule and what each caller asks for follow from the seed alone, so a run can be
 * repeated; how the processes' steps interleave cannot. {@link io.mooring.e2e.chaos.Planted} faults
 * show that the judge can condemn. Threads: the test's own starts and kills all processes; each
 * caller has one.
 */
@NullMarked
package io.mooring.e2e.chaos;

import org.jspecify.annotations.NullMarked;
