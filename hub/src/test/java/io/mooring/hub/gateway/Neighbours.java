package io.mooring.hub.gateway;

import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;

/**
 * A hub with two devices: {@code bad}, which the test lets do wrong, and {@code good}, which is
 * served throughout.
 */
final class Neighbours implements AutoCloseable {
  static final String BAD = "bad";
  static final long NOW_US = Instant.parse("2026-11-22T12:00:00Z").getEpochSecond() * 1_000_000;

  final TestDatabase database = TestDatabase.create();
  final TestHub hub;
  private final RawDevice good;
  private long goodSeq;

  Neighbours(Limits limits) {
    hub = TestHub.start(database, Duration.ofSeconds(30), limits);
    hub.device("good");
    hub.device(BAD);
    good = hub.connect("good");
    good.hello(5, 1, 1, 0);
    good.layout(1, "t");
  }

  /** Has the good device send a reading and waits until it is acknowledged. */
  void theOtherIsServed() {
    goodSeq++;
    good.reading(goodSeq, 1, NOW_US, 1);
    good.awaitAck(goodSeq);
  }

  @Override
  public void close() {
    good.close();
    hub.close();
    database.close();
  }
}
