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

  /** One whose devices may be silent for a day. */
  public static DataPath startPatient(Database database, FakeTime time) {
    HubConfig config = config(Limits.DEFAULTS, Duration.ofDays(1));
    return DataPath.start(config, database, time, time, new Random(7), new Metrics());
  }

  public static HubConfig config(Limits limits) {
    return config(limits, Duration.ofSeconds(30));
  }

  /** Of a hub that waits for its clients' idle connections at its end. */
  public static HubConfig patientConfig() {
    return config(Limits.DEFAULTS, Duration.ofSeconds(30), Duration.ofSeconds(10));
  }

  private static HubConfig config(Limits limits, Duration heartbeat) {
    return config(limits, heartbeat, Duration.ofMillis(500));
  }

  private static HubConfig config(Limits limits, Duration heartbeat, Duration shutdown) {
    return new HubConfig(
        "127.0.0.1",
        0,
        Networks.NONE,
        "test",
        Path.of("target"),
        null,
        heartbeat,
        Duration.ofSeconds(10),
        false,
        shutdown,
        0,
        0,
        0,
        HubConfig.Access.DEFAULTS,
        limits);
  }

  /** The usual limits, but for the unfinished commands of a device. */
  public static Limits commandsOpen(int most) {
    return limits(most, Limits.DEFAULTS.deviceLayouts(), Limits.DEFAULTS.writerQueueBytes());
  }

  /** The usual limits, but for the layouts of a device. */
  public static Limits deviceLayouts(int most) {
    return limits(Limits.DEFAULTS.commandsOpen(), most, Limits.DEFAULTS.writerQueueBytes());
  }

  /** The usual limits, but for the bytes that wait for the database. */
  public static Limits writerQueueBytes(int most) {
    return limits(Limits.DEFAULTS.commandsOpen(), Limits.DEFAULTS.deviceLayouts(), most);
  }

  private static Limits limits(int commandsOpen, int deviceLayouts, int writerQueueBytes) {
    Limits d = Limits.DEFAULTS;
    return new Limits(
        d.frameBytes(),
        d.batchReadings(),
        d.batchValues(),
        d.unacknowledgedBatches(),
        d.layouts(),
        d.sendQueueBytes(),
        d.connections(),
        writerQueueBytes,
        d.writerBatch(),
        d.commandPayloadBytes(),
        commandsOpen,
        d.commandWindow(),
        d.commandAttempts(),
        d.requestBytes(),
        d.eventStreams(),
        d.eventBacklog(),
        d.rangeReads(),
        deviceLayouts,
        d.commandAnswerSeconds(),
        d.bulkCommands(),
        d.bulkBytes(),
        d.passwordCharacters(),
        d.signInFailures(),
        d.addressSignInFailures(),
        d.signInWindowSeconds());
  }
}
