/**
 * Telemetry, up: a batch is checked against its layout, encoded as one row, made durable through
 * the BatchWriter and only then acknowledged. Also reading back, and the partitions that hold it
 * all.
 *
 * <p>Invariant: every acknowledged batch is in the table exactly once. The intake's cursor keeps
 * repeats out of the fast COPY; the table's key is the net below it.
 */
@NullMarked
package io.mooring.hub.telemetry;

import org.jspecify.annotations.NullMarked;
