package io.mooring.hub.app;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Networks;
import io.mooring.hub.db.Database;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** Starts data paths whose time stands still until the test moves it. */
public final class DataPaths {
  private DataPaths() {}

  public static DataPath start(Database database, FakeTime time, Limits limits) {
    return DataPath.start(config(limits), database, time, time, new Random(7), new Metrics());
  }

  public static HubConfig config(Limits limits) {
    return new HubConfig(
        "127.0.0.1",
        0,
        Networks.NONE,
        "test",
        Path.of("target"),
        null,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofMillis(500),
        0,
        0,
        0,
        limits);
  }

  /** The usual limits, but for the unfinished commands of a device. */
  public static Limits commandsOpen(int most) {
    return limits(most, Limits.DEFAULTS.deviceLayouts());
  }

  /** The usual limits, but for the layouts of a device. */
  public static Limits deviceLayouts(int most) {
    return limits(Limits.DEFAULTS.commandsOpen(), most);
  }

  private static Limits limits(int commandsOpen, int deviceLayouts) {
    Limits d = Limits.DEFAULTS;
    return new Limits(
        d.frameBytes(),
        d.batchReadings(),
        d.batchValues(),
        d.unacknowledgedBatches(),
        d.layouts(),
        d.sendQueueBytes(),
        d.connections(),
        d.writerQueueBytes(),
        d.writerBatch(),
        d.commandPayloadBytes(),
        commandsOpen,
        d.commandWindow(),
        d.commandAttempts(),
        d.requestBytes(),
        d.eventStreams(),
        d.eventBacklog(),
        d.rangeReads(),
        deviceLayouts);
  }
}
