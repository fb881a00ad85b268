package io.mooring.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.wire.Inbound;
import io.mooring.hub.wire.ValueType;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody knows whether a transaction counted: what is in it is stored once, and acknowledged. */
class UnknownOutcomeTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Layout NUMBER =
      Layout.of(1, List.of(new Inbound.Metric("n", ValueType.NUMBER)));

  @AutoClose private final IntakeFixture fixture = new IntakeFixture(NOON, NUMBER);
  private final IntakeFixture.Sink sink = fixture.sink;
  private final CutProxy proxy = fixture.proxy;
  private final Sql sql = fixture.sql;

  /** The first one makes the day's partition, in a transaction with BEGIN and COMMIT. */
  @BeforeEach
  void one() {
    place(1);
    sink.awaitStored(1);
  }

  @Test
  void aCopyWhoseAnswerIsLostStoresOnce() {
    proxy.loseNextAnswerTo("COPY");
    place(2);
    sink.awaitStored(2);
    assertThat(proxy.answersLost()).isEqualTo(1);
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(2);
  }

  /** Merging takes a batch's key away, by which it would be found to be stored. */
  @Test
  void whatWasMergedMeanwhileIsNotStoredAgain() {
    proxy.cutAfterAnswerTo("COPY");
    place(2);
    await().until(() -> proxy.refused() > 0);
    fixture.database.execute(
        "DELETE FROM telemetry_batch",
        "INSERT INTO merged_stream (device_key, stream, seq, merged_at) VALUES ("
            + fixture.device
            + ", "
            + IntakeFixture.STREAM
            + ", 2, now())");
    place(3);
    proxy.restore();
    sink.awaitStored(3);
    assertThat(sql.text("SELECT string_agg(seq::text, ' ') FROM telemetry_batch")).isEqualTo("3");
  }

  @Test
  void aTransactionOfSeveralKindsWhoseAnswerIsLostStoresOnce() {
    proxy.loseNextAnswerTo("COMMIT");
    fixture.writer.submit(new LayoutLink(fixture.device, 1));
    place(2);
    sink.awaitStored(2);
    await().until(() -> proxy.answersLost() == 1);
    assertThat(sql.number("SELECT count(*) FROM telemetry_batch")).isEqualTo(2);
  }

  private void place(long seq) {
    fixture.place(
        sink,
        new Inbound.Batch(
            seq,
            0,
            1,
            NOON.getEpochSecond() * 1_000_000,
            new long[] {0},
            new double[] {seq},
            new long[0],
            new boolean[0],
            new byte[0][],
            new byte[0][]));
  }
}
