package io.mooring.hub.session;

import io.mooring.hub.app.DataPath;
import io.mooring.hub.app.DataPaths;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.FakeTime;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.wire.CloseReason;
import io.mooring.hub.wire.Inbound;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Not a test: prints what it costs to look whether each of 100 000 open sessions is still heard.
 */
final class SweepCost {
  private static final int SESSIONS = 100_000;
  private static final int SWEEPS = 300;

  private SweepCost() {}

  private record Counting(AtomicInteger welcomed) implements Sender {
    @Override
    public void send(byte[] frame) {
      welcomed.incrementAndGet();
    }

    @Override
    public void close(CloseReason reason, Duration retryAfter, String detail) {}

    @Override
    public void resume() {}

    @Override
    public String address() {
      return "127.0.0.1";
    }
  }

  public static void main(String[] args) {
    FakeTime time = new FakeTime(Instant.parse("2026-11-26T12:00:00Z"));
    try (TestDatabase database = TestDatabase.create();
        DataPath path = DataPaths.start(database.database(), time, Limits.DEFAULTS)) {
      DataPaths.sweepNoMore(path);
      database.execute(
          "INSERT INTO device (id, name, created_at, updated_at)"
              + " SELECT 'd' || n, '', now(), now() FROM generate_series(1, "
              + SESSIONS
              + ") n",
          "INSERT INTO device_token (id, device_key, name, secret_hash, created_at, not_before)"
              + " SELECT 't' || key, key, '', sha256('x'), now(), now() FROM device");
      AtomicInteger welcomed = new AtomicInteger();
      for (int key = 1; key <= SESSIONS; key++) {
        path.sessions()
            .begin(new Sessions.Identity(key, "d" + key, "t" + key), new Counting(welcomed))
            .on(new Inbound.Hello("cost", List.of()));
      }
      path.writer().flushed().join();
      long[] took = new long[SWEEPS];
      Liveness liveness =
          new Liveness(path.sessions().registry(), DataPaths.config(Limits.DEFAULTS), time, time);
      for (int i = 0; i < SWEEPS; i++) {
        long begun = System.nanoTime();
        liveness.sweep();
        took[i] = System.nanoTime() - begun;
      }
      Arrays.sort(took);
      System.out.printf(
          Locale.ROOT,
          "%d sessions welcomed, a sweep takes %.2f ms (median of %d), %.2f ms at the most%n",
          welcomed.get(),
          took[SWEEPS / 2] / 1e6,
          SWEEPS,
          took[SWEEPS - 1] / 1e6);
    }
  }
}
