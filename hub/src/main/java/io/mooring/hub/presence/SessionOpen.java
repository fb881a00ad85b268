package io.mooring.hub.presence;

import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Write;
import io.mooring.hub.event.Event;
import io.mooring.hub.wire.Inbound;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens a session: raises the device's epoch and finds out which batches are stored already. */
public final class SessionOpen implements Write {
  /** How it ended; called on the notifier thread. */
  public interface Outcome {
    /**
     * {@code storedSeqs}: one for each stream, 0 where none is known; {@code commandsWait}: whether
     * the device had unfinished commands when the transaction looked; {@code newlyDropped}:
     * readings it had to drop since it last told.
     */
    void opened(long epoch, List<Long> storedSeqs, boolean commandsWait, long newlyDropped);

    /**
     * The device was disabled ({@code disabled}) or deleted, or the token revoked, since the
     * handshake.
     */
    void denied(boolean disabled);

    void failed(DatabaseException why);
  }

  final int deviceKey;
  final String tokenId;
  final boolean unproven;
  final long who;
  final String address;
  final String agent;
  final String remark;
  final Instant at;
  final List<Inbound.Stream> streams;
  final Outcome outcome;

  // Filled in by SessionOpenWrites; 0: denied.
  long epoch;
  boolean disabled;
  boolean commandsWait;
  long newlyDropped;

  /** The other node whose session was the device's newest until then; null: none. */
  @Nullable String movedFrom;

  List<Long> storedSeqs = List.of();

  /** Those of all openings of the transaction, on the first one. */
  List<Event.Durable> events = List.of();

  /**
   * @param unproven the token was handed over in an earlier session, and this is its first
   * @param who tells the device from another one that has its token, too, as well as can be
   * @param remark goes with the cause of its event; empty: nothing
   */
  public SessionOpen(
      int deviceKey,
      String tokenId,
      boolean unproven,
      long who,
      String address,
      String agent,
      String remark,
      Instant at,
      List<Inbound.Stream> streams,
      Outcome outcome) {
    this.deviceKey = deviceKey;
    this.tokenId = tokenId;
    this.unproven = unproven;
    this.who = who;
    this.address = address;
    this.agent = agent;
    this.remark = remark;
    this.at = at;
    this.streams = streams;
    this.outcome = outcome;
  }

  @Override
  public int bytes() {
    return 256;
  }

  @Override
  public void refused(DatabaseException why) {
    outcome.failed(why);
  }
}
