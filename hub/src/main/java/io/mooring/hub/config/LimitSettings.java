package io.mooring.hub.config;

import static io.mooring.hub.config.Limits.DEFAULTS;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The settings of {@link Limits}: one row each, in the order of its components. */
final class LimitSettings {
  private static final int MIB = 1024 * 1024;

  private static final List<Setting<Integer>> TABLE =
      List.of(
          Kinds.bytes(
              "limits.frame-bytes",
              DEFAULTS.frameBytes(),
              2048,
              16 * MIB,
              "Largest WebSocket message of a device."),
          Kinds.count(
              "limits.batch-readings",
              DEFAULTS.batchReadings(),
              1,
              100_000,
              "readings",
              "Most readings in one telemetry batch."),
          Kinds.count(
              "limits.batch-values",
              DEFAULTS.batchValues(),
              1,
              1_000_000,
              "values",
              "Most values (readings times metrics) in one telemetry batch."),
          Kinds.count(
              "limits.unacknowledged-batches",
              DEFAULTS.unacknowledgedBatches(),
              1,
              10_000,
              "batches",
              "Most batches a device may have sent and not yet seen acknowledged."),
          Kinds.count(
              "limits.layouts",
              DEFAULTS.layouts(),
              1,
              10_000,
              "layouts",
              "Most layouts a device may declare in one session."),
          Kinds.bytes(
              "limits.send-queue-bytes",
              DEFAULTS.sendQueueBytes(),
              4096,
              64 * MIB,
              "Most bytes waiting for a device that does not read; beyond it the session ends."),
          Kinds.count(
              "limits.connections",
              DEFAULTS.connections(),
              1,
              1_000_000,
              "sockets",
              "Most device sockets of this node; beyond it the handshake is answered 503."),
          Kinds.bytes(
              "limits.writer-queue-bytes",
              DEFAULTS.writerQueueBytes(),
              MIB,
              1024 * MIB,
              "Bytes waiting for the database above which sockets are no longer read."),
          Kinds.count(
              "limits.writer-batch",
              DEFAULTS.writerBatch(),
              1,
              100_000,
              "writes",
              "Most writes in one transaction."),
          Kinds.bytes(
              "limits.command-payload-bytes",
              DEFAULTS.commandPayloadBytes(),
              256,
              8 * MIB,
              "Largest payload of a command or of its result."),
          Kinds.count(
              "limits.commands-open",
              DEFAULTS.commandsOpen(),
              1,
              1_000_000,
              "commands",
              "Most unfinished commands of one device; beyond it the API answers 429."),
          Kinds.count(
              "limits.command-window",
              DEFAULTS.commandWindow(),
              1,
              1_000,
              "commands",
              "Most commands sent to a device and not yet answered; fewer when they are large."),
          Kinds.count(
              "limits.command-attempts",
              DEFAULTS.commandAttempts(),
              1,
              1_000,
              "attempts",
              "How often a command is sent before it ends as undeliverable."),
          Kinds.bytes(
              "limits.request-bytes",
              DEFAULTS.requestBytes(),
              4096,
              16 * MIB,
              "Largest body of a REST request."),
          Kinds.count(
              "limits.event-streams",
              DEFAULTS.eventStreams(),
              1,
              100_000,
              "streams",
              "Most open event streams; one key or user has half of them at the most."),
          Kinds.count(
              "limits.event-backlog",
              DEFAULTS.eventBacklog(),
              1,
              100_000,
              "events",
              "Most events waiting for one reader of the event stream; beyond it the stream ends."),
          Kinds.count(
              "limits.range-reads",
              DEFAULTS.rangeReads(),
              1,
              200,
              "queries",
              "Most queries over ranges of telemetry or events at a time, always fewer than"
                  + " database.pool-size; beyond it the API answers 503."),
          Kinds.count(
              "limits.device-layouts",
              DEFAULTS.deviceLayouts(),
              1,
              100_000,
              "layouts",
              "Most layouts of a device over all its sessions; a new one beyond it ends the"
                  + " session."),
          Kinds.count(
              "limits.command-answer-seconds",
              DEFAULTS.commandAnswerSeconds(),
              1,
              30 * 24 * 3600,
              "seconds",
              "How long a device may be silent about a command it was sent; then the attempt has"
                  + " failed."),
          Kinds.count(
              "limits.bulk-commands",
              DEFAULTS.bulkCommands(),
              1,
              10_000,
              "commands",
              "Most commands in one bulk request."),
          Kinds.bytes(
              "limits.bulk-bytes",
              DEFAULTS.bulkBytes(),
              4096,
              64 * MIB,
              "Largest body of a bulk request."),
          Kinds.count(
              "limits.job-devices",
              DEFAULTS.jobDevices(),
              1,
              1_000_000,
              "devices",
              "Most devices of one job."),
          Kinds.count(
              "limits.jobs-running",
              DEFAULTS.jobsRunning(),
              1,
              10_000,
              "jobs",
              "Most jobs that have not ended; beyond it the API answers 429."),
          Kinds.count(
              "limits.job-in-flight",
              DEFAULTS.jobInFlight(),
              1,
              1_000_000,
              "devices",
              "Most devices of one job released and not ended; also for a job that says nothing."),
          Kinds.bytes(
              "limits.job-bytes",
              DEFAULTS.jobBytes(),
              4096,
              64 * MIB,
              "Largest body of a request for a job."),
          Kinds.count(
              "limits.password-characters",
              DEFAULTS.passwordCharacters(),
              8,
              128,
              "characters",
              "Fewest characters of a password that a user chooses."),
          Kinds.count(
              "limits.sign-in-failures",
              DEFAULTS.signInFailures(),
              1,
              1_000,
              "passwords",
              "Most wrong passwords for one user from one address; then a sign-in is answered 429."),
          Kinds.count(
              "limits.address-sign-in-failures",
              DEFAULTS.addressSignInFailures(),
              1,
              100_000,
              "passwords",
              "Most wrong passwords from one address (IPv6: /64), whoever's; then likewise 429."),
          Kinds.count(
              "limits.sign-in-window-seconds",
              DEFAULTS.signInWindowSeconds(),
              1,
              24 * 3600,
              "seconds",
              "How long after the first wrong password such an address may try again."),
          Kinds.count(
              "limits.exports",
              DEFAULTS.exports(),
              1,
              1_000,
              "exports",
              "Most exports of telemetry at a time, some MB of memory each; beyond it the API"
                  + " answers 503."),
          Kinds.count(
              "limits.device-tokens",
              DEFAULTS.deviceTokens(),
              2,
              1_000,
              "tokens",
              "Most valid tokens of one device; then none is issued (409), and none handed over."));

  private LimitSettings() {}

  static List<Setting<Integer>> table() {
    return Stream.concat(TABLE.stream(), SocketLimitSettings.table().stream()).toList();
  }

  /** Makes the limits by asking for each row's value, in the order of the record's components. */
  static Limits make(Function<Setting<Integer>, Integer> value) {
    SocketLimits sockets = SocketLimitSettings.make(value);
    int[] v = TABLE.stream().mapToInt(value::apply).toArray();
    return new Limits(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13],
        v[14], v[15], v[16], v[17], v[18], v[19], v[20], v[21], v[22], v[23], v[24], v[25], v[26],
        v[27], v[28], v[29], v[30], sockets);
  }
}
