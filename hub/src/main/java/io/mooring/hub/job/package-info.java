/**
 * Jobs: one command to many devices, released in waves and counted exactly.
 *
 * <p>The table is the truth. A {@link JobRun} holds what one unfinished job needs to decide without
 * asking the table; it hears of each change of its job's counts from the writer's notifier thread,
 * and does what is due on a virtual thread of its own, one step at a time. Steps are tried again
 * every second, so a step that fails costs a second and nothing else.
 *
 * <p>Invariant: a device is released by one transaction that takes it from waiting to queued and
 * inserts its command (package {@code command}); so no kill releases a device twice or forgets one.
 */
@NullMarked
package io.mooring.hub.job;

import org.jspecify.annotations.NullMarked;
