/**
 * Commands on their way through the device: taken, said to be received, carried out once, answered
 * until the hub has the answer.
 *
 * <p>Threads: everything belongs to the device loop except the handler, which runs on worker
 * threads. Invariants: a command is begun only while the journal has room for its result, and waits
 * otherwise until the hub acknowledges others; the handler is called at most once per command id
 * that the {@link io.mooring.device.internal.command.CommandJournal} knows.
 */
@NullMarked
package io.mooring.device.internal.command;

import org.jspecify.annotations.NullMarked;
