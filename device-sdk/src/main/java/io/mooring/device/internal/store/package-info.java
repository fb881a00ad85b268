/**
 * What outlives the process: a folder with logs of records, each a row of segment files, and one
 * small file of counters. It knows nothing of telemetry or commands.
 *
 * <p>Invariants: one process uses a folder at a time; a record is taken for whole only when its
 * checksum fits its bytes and its place, so a torn, flipped or stale one never is; segments are
 * appended to and deleted, never changed. Files are read and written with {@link
 * java.io.RandomAccessFile}, because an interrupt of the calling thread would close a channel.
 *
 * <p>Threads: {@link io.mooring.device.internal.store.SegmentLog} and {@link
 * io.mooring.device.internal.store.StateFile} are monitors, so that the loop may force to disk what
 * another thread writes.
 */
@NullMarked
package io.mooring.device.internal.store;

import org.jspecify.annotations.NullMarked;
