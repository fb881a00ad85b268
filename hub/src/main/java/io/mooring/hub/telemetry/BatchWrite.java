package io.mooring.hub.telemetry;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import io.mooring.hub.wire.Inbound;

/** A batch on its way into the table. */
public final class BatchWrite implements Write {
  final TelemetrySink sink;
  final int streamIndex;
  final Layout layout;
  final Inbound.Batch batch;
  final byte[] row;

  /** When the frame came, by the clock that never jumps. */
  final long receivedNanos;

  /** Left out, because an earlier batch of the session was refused; set by the writer thread. */
  boolean leftOut;

  /** Its day has no partition; set by the writer thread. */
  boolean outside;

  /**
   * Batches of its transaction that were found stored, noted with the first of them; set by the
   * writer thread.
   */
  int repeated;

  BatchWrite(
      TelemetrySink sink,
      int streamIndex,
      Layout layout,
      Inbound.Batch batch,
      byte[] row,
      long receivedNanos) {
    this.sink = sink;
    this.streamIndex = streamIndex;
    this.layout = layout;
    this.batch = batch;
    this.row = row;
    this.receivedNanos = receivedNanos;
  }

  /** The row, and about as much again for the decoded batch and the objects around it. */
  @Override
  public int bytes() {
    return row.length * 2;
  }

  @Override
  public void refusing() {
    sink.stop();
  }

  @Override
  public void refused(DatabaseException why) {
    sink.refused(why);
  }
}
