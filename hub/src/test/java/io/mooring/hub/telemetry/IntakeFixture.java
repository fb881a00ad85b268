package io.mooring.hub.telemetry;

import static org.awaitility.Awaitility.await;

import io.mooring.hub.config.Limits;
import io.mooring.hub.db.BatchWriter;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.RangeReads;
import io.mooring.hub.db.WriterObserver;
import io.mooring.hub.event.EventStore;
import io.mooring.hub.event.LiveFeed;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.CutProxy;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.Inbound;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The way of a batch from the intake into a real table, over a connection that can be cut. */
final class IntakeFixture implements AutoCloseable {
  static final long STREAM = 9;

  final TestDatabase database = TestDatabase.create();
  final CutProxy proxy = new CutProxy("127.0.0.1", database.port());
  private final Database through = database.through(proxy.port());
  final Sql sql = new Sql(database);
  final FakeTime time;
  final int device = sql.device("d1");
  final Sink sink = new Sink();
  final BatchWriter writer;
  private final Metrics metrics = new Metrics();
  private final Layout layout;
  private final TelemetryIntake intake;

  IntakeFixture(Instant now, Layout layout) {
    this.time = new FakeTime(now);
    this.layout = layout;
    this.writer =
        new BatchWriter(
            through::openOwn,
            List.of(
                new LayoutLink.Writes(),
                new TelemetryWrites(
                    new Partitions(time),
                    new LiveFeed(new RangeReads(through, 1), new EventStore("test")),
                    new LateHours(),
                    metrics.telemetry,
                    time),
                new Stumble.Writes()),
            100,
            1_000_000,
            WriterObserver.NONE);
    this.intake =
        new TelemetryIntake(
            writer, new LayoutStore(through), Limits.DEFAULTS, time, metrics.telemetry);
    intake.declareNew(device, layout.metrics());
    writer.start();
  }

  void place(Sink to, Inbound.Batch batch) {
    intake.place(to, 0, STREAM, layout, batch, null, 0);
  }

  Sink newSink() {
    return new Sink();
  }

  @Override
  public void close() {
    proxy.restore();
    writer.close();
    through.close();
    proxy.close();
    database.close();
  }

  /** Keeps what it is told. */
  final class Sink implements TelemetrySink {
    final List<Long> stored = new CopyOnWriteArrayList<>();
    volatile boolean refused;
    private volatile boolean stopped;

    @Override
    public int deviceKey() {
      return device;
    }

    @Override
    public String deviceId() {
      return "d1";
    }

    @Override
    public void stored(int streamIndex, long seq) {
      stored.add(seq);
    }

    @Override
    public void flushAcks() {}

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public boolean isStopped() {
      return stopped;
    }

    @Override
    public void refused(DatabaseException why) {
      refused = true;
    }

    void awaitStored(int batches) {
      await().until(() -> stored.size() >= batches);
    }
  }
}
