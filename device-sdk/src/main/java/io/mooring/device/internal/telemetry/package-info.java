/**
 * Readings on their way up: rows are gathered into one open batch per shape, sealed into encoded
 * batches, kept in the {@link io.mooring.device.internal.telemetry.Outbox} until the hub has stored
 * them.
 *
 * <p>Threads: {@link io.mooring.device.internal.telemetry.TelemetryBuffer} is the monitor between
 * the program's threads, which add, and the device loop, which sends; all else here is guarded by
 * it. With a store the outbox is {@link io.mooring.device.internal.telemetry.StoredOutbox}, and
 * only what is next and on its way is in memory.
 *
 * <p>Invariants: a batch is encoded once and resent unchanged; within a stream it is sent in the
 * order of its sequence numbers; bytes held never exceed the bound, save for what is on its way
 * when the bound is reached.
 */
@NullMarked
package io.mooring.device.internal.telemetry;

import org.jspecify.annotations.NullMarked;
