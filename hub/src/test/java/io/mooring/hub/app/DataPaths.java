package io.mooring.hub.app;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.Listen;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.config.WebhookConfig;
import io.mooring.hub.db.Database;
import io.mooring.hub.ops.Metrics;
import io.mooring.hub.testing.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Starts data paths whose time stands still until the test moves it. */
public final class DataPaths {
  private DataPaths() {}

  public static DataPath start(Database database, FakeTime time, Limits limits) {
    return DataPath.start(config(limits), database, time, time, new Random(7), new Metrics());
  }

  /** One whose devices may be silent for a day. */
  public static DataPath startPatient(Database database, FakeTime time) {
    return startPatient(database, time, Limits.DEFAULTS);
  }

  /** The same with other limits. */
  public static DataPath startPatient(Database database, FakeTime time, Limits limits) {
    return startPatient(database, time, limits, new Metrics());
  }

  /** The same, which counts in these metrics. */
  public static DataPath startPatient(
      Database database, FakeTime time, Limits limits, Metrics metrics) {
    HubConfig config = config(limits, Duration.ofDays(1));
    return DataPath.start(config, database, time, time, new Random(7), metrics);
  }

  /**
   * The test sweeps by itself: to the path's own sweeper each step of its clock is a stand-still.
   */
  public static void sweepNoMore(DataPath path) {
    path.sweepNoMore();
  }

  public static HubConfig config(Limits limits) {
    return config(limits, Duration.ofSeconds(30));
  }

  /** Of a hub that listens so. */
  public static HubConfig config(Listen listen) {
    return config(listen, Limits.DEFAULTS);
  }

  /** The same with other limits. */
  public static HubConfig config(Listen listen, Limits limits) {
    return config(
        listen, limits, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofMillis(500));
  }

  /** Of a hub that waits for its clients' idle connections at its end. */
  public static HubConfig patientConfig() {
    return config(Limits.DEFAULTS, Duration.ofSeconds(30), Duration.ofSeconds(10));
  }

  /** Of one of several hubs; a device's queue is soon full. */
  static HubConfig node(String name) {
    HubConfig usual = patientConfig();
    return new HubConfig(
        usual.listen(),
        name,
        usual.data(),
        usual.database(),
        usual.heartbeatInterval(),
        usual.helloTimeout(),
        usual.compression(),
        usual.shutdownTimeout(),
        usual.retentionDays(),
        usual.mergePercent(),
        usual.historyDays(),
        usual.access(),
        usual.webhooks(),
        commandsOpen(1_000),
        null,
        usual.settings());
  }

  private static HubConfig config(Limits limits, Duration heartbeat) {
    return config(limits, heartbeat, Duration.ofMillis(500));
  }

  private static HubConfig config(Limits limits, Duration heartbeat, Duration shutdown) {
    return config(
        Listen.plain("127.0.0.1", 0), limits, heartbeat, Duration.ofSeconds(10), shutdown);
  }

  /** The same, which waits for a Hello a second only. */
  public static HubConfig impatient(Listen listen) {
    return config(
        listen,
        Limits.DEFAULTS,
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofMillis(500));
  }

  private static HubConfig config(
      Listen listen, Limits limits, Duration heartbeat, Duration hello, Duration shutdown) {
    return new HubConfig(
        listen,
        "test",
        Path.of("target"),
        null,
        heartbeat,
        hello,
        false,
        shutdown,
        0,
        0,
        0,
        HubConfig.Access.DEFAULTS,
        WebhookConfig.DEFAULTS,
        limits,
        null,
        List.of());
  }

  /** The usual limits, but for the unfinished commands of a device. */
  public static Limits commandsOpen(int most) {
    Limits d = Limits.DEFAULTS;
    return limits(
        d.connections(),
        most,
        d.deviceLayouts(),
        d.writerQueueBytes(),
        d.jobDevices(),
        d.jobsRunning());
  }

  /** The usual limits, but for the layouts of a device. */
  public static Limits deviceLayouts(int most) {
    Limits d = Limits.DEFAULTS;
    return limits(
        d.connections(),
        d.commandsOpen(),
        most,
        d.writerQueueBytes(),
        d.jobDevices(),
        d.jobsRunning());
  }

  /** The usual limits, but for the bytes that wait for the database. */
  public static Limits writerQueueBytes(int most) {
    Limits d = Limits.DEFAULTS;
    return limits(
        d.connections(),
        d.commandsOpen(),
        d.deviceLayouts(),
        most,
        d.jobDevices(),
        d.jobsRunning());
  }

  /** The usual limits, but for the sockets. */
  public static Limits connections(int most) {
    Limits d = Limits.DEFAULTS;
    return limits(
        most,
        d.commandsOpen(),
        d.deviceLayouts(),
        d.writerQueueBytes(),
        d.jobDevices(),
        d.jobsRunning());
  }

  /** The usual limits, but for the devices of a job and the jobs that have not ended. */
  public static Limits jobs(int devices, int running) {
    Limits d = Limits.DEFAULTS;
    return limits(
        d.connections(),
        d.commandsOpen(),
        d.deviceLayouts(),
        d.writerQueueBytes(),
        devices,
        running);
  }

  private static Limits limits(
      int connections,
      int commandsOpen,
      int deviceLayouts,
      int writerQueueBytes,
      int jobDevices,
      int jobsRunning) {
    return limits(
        connections,
        commandsOpen,
        deviceLayouts,
        writerQueueBytes,
        jobDevices,
        jobsRunning,
        SocketLimits.DEFAULTS);
  }

  /** The usual limits, but for those of sockets. */
  public static Limits sockets(SocketLimits sockets) {
    Limits d = Limits.DEFAULTS;
    return limits(
        d.connections(),
        d.commandsOpen(),
        d.deviceLayouts(),
        d.writerQueueBytes(),
        d.jobDevices(),
        d.jobsRunning(),
        sockets);
  }

  private static Limits limits(
      int connections,
      int commandsOpen,
      int deviceLayouts,
      int writerQueueBytes,
      int jobDevices,
      int jobsRunning,
      SocketLimits sockets) {
    Limits d = Limits.DEFAULTS;
    return new Limits(
        d.frameBytes(),
        d.batchReadings(),
        d.batchValues(),
        d.unacknowledgedBatches(),
        d.layouts(),
        d.sendQueueBytes(),
        connections,
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
        jobDevices,
        jobsRunning,
        d.jobInFlight(),
        d.jobBytes(),
        d.passwordCharacters(),
        d.signInFailures(),
        d.addressSignInFailures(),
        d.signInWindowSeconds(),
        d.exports(),
        d.deviceTokens(),
        sockets);
  }
}
