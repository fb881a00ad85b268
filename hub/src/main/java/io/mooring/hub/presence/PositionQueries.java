package io.mooring.hub.presence;

import io.mooring.hub.db.SqlArrays;
import io.mooring.hub.wire.Inbound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How far each stream of a device that opens a session is stored. */
final class PositionQueries {
  private static final String POSITIONS =
      """
      SELECT u.n,
        greatest(
          (SELECT max(b.seq) FROM telemetry_batch b
           WHERE b.device_key = u.device_key
             AND b.layout_id IN (SELECT layout_id FROM device_layout l WHERE l.device_key = u.device_key)
             AND b.time >= u.oldest AND b.stream = u.stream),
          (SELECT m.seq FROM merged_stream m
           WHERE m.device_key = u.device_key AND m.stream = u.stream)) AS seq
      FROM unnest(?::int[], ?::bigint[], ?::timestamptz[]) WITH ORDINALITY AS u(device_key, stream, oldest, n)
      """;

  /**
   * How far back a stream's position is looked for: the search reads an index entry for each batch
   * since then, 86 400 of them at one a second, and every device waits meanwhile. The device itself
   * names the beginning.
   */
  private static final Duration LOOKED_BACK = Duration.ofDays(1);

  private PositionQueries() {}

  /**
   * Only streams of which the device still holds batches are looked up, from the oldest batch on,
   * and no further back than {@link #LOOKED_BACK}. Batches are stored in the order of their
   * numbers, so any that is found stands for all before it; the table's key drops those before that
   * are sent again unfound. Merged batches have lost their keys: they are always looked up.
   */
  static void find(Connection connection, List<SessionOpen> opened) throws SQLException {
    record Held(SessionOpen open, int index, Inbound.Stream stream) {}
    List<Held> held = new ArrayList<>();
    for (SessionOpen open : opened) {
      open.storedSeqs = new ArrayList<>(Collections.nCopies(open.streams.size(), 0L));
      for (int i = 0; i < open.streams.size(); i++) {
        Inbound.Stream stream = open.streams.get(i);
        if (!stream.holdsBatches()) {
          open.storedSeqs.set(i, stream.nextSeq() - 1);
        } else {
          held.add(new Held(open, i, stream));
        }
      }
    }
    if (held.isEmpty()) {
      return;
    }
    SqlArrays<Held> rows = new SqlArrays<>(connection, held);
    try (PreparedStatement select = connection.prepareStatement(POSITIONS)) {
      select.setArray(1, rows.ints(h -> h.open().deviceKey));
      select.setArray(2, rows.longs(h -> h.stream().id()));
      select.setArray(3, rows.times(h -> lookedAtFrom(h.open(), h.stream())));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Held at = held.get((int) row.getLong("n") - 1);
          // What the device no longer holds it has seen acknowledged.
          long seq = Math.max(row.getLong("seq"), at.stream().firstSeq() - 1);
          at.open().storedSeqs.set(at.index(), seq);
        }
      }
    }
  }

  private static Instant lookedAtFrom(SessionOpen open, Inbound.Stream stream) {
    Instant oldest = instant(stream.oldestTimeUs());
    Instant furthest = open.at.minus(LOOKED_BACK);
    return oldest.isBefore(furthest) ? furthest : oldest;
  }

  private static Instant instant(long us) {
    return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
  }
}
