package io.mooring.hub.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every bound of the hub, in one place. Each has its own refusal; the relations between them are
 * checked here.
 *
 * @param frameBytes largest WebSocket message of a device; larger ones end the session with {@code
 *     frame-too-large}
 * @param batchReadings most readings in one telemetry batch
 * @param batchValues most values (readings times metrics) in one telemetry batch
 * @param unacknowledgedBatches most batches a device may have sent and not yet seen acknowledged
 * @param layouts most layouts a device may declare in one session
 * @param sendQueueBytes most bytes waiting for a device that does not read; beyond it ends with
 *     {@code slow-reader}
 * @param connections most device sockets of this node; beyond it the handshake is answered 503
 * @param writerQueueBytes bytes waiting for the database above which sockets are no longer read
 * @param writerBatch most writes in one transaction
 * @param commandPayloadBytes largest payload of a command or of its result
 * @param commandsOpen most unfinished commands of one device; beyond it the API answers 429
 * @param commandWindow most commands sent to a device and not yet answered
 * @param commandAttempts how often a command is sent before it ends as undeliverable
 * @param requestBytes largest body of a REST request
 * @param eventStreams most open event streams
 * @param eventBacklog most events waiting for one reader of the event stream; beyond it the stream
 *     ends
 * @param rangeReads most queries over ranges of telemetry or events at a time; beyond it the API
 *     answers 503
 * @param deviceLayouts most layouts a device may have over all its sessions; one more that the hub
 *     does not know ends the session with {@code limit-exceeded}
 * @param commandAnswerSeconds how long a device may be silent about a command it was sent; then the
 *     attempt has failed
 * @param bulkCommands most commands in one bulk request
 * @param bulkBytes largest body of a bulk request
 * @param jobDevices most devices of one job
 * @param jobsRunning most jobs that have not ended; beyond it the API answers 429
 * @param jobInFlight most devices of a job released and not ended; also where a job says nothing
 * @param jobBytes largest body of a request for a job
 * @param passwordCharacters fewest characters of a password that a user chooses
 * @param signInFailures most wrong passwords for one name from one address; beyond it a sign-in is
 *     answered 429
 * @param addressSignInFailures most wrong passwords from one address, for whatever names; likewise
 * @param signInWindowSeconds how long after the first wrong password the door opens again
 * @param exports most exports of telemetry at a time; beyond it the API answers 503
 * @param deviceTokens most valid tokens of one device; beyond it none is issued (409), nor handed
 *     over
 * @param sockets who may come in, and how fast
 */
public record Limits(
    int frameBytes,
    int batchReadings,
    int batchValues,
    int unacknowledgedBatches,
    int layouts,
    int sendQueueBytes,
    int connections,
    int writerQueueBytes,
    int writerBatch,
    int commandPayloadBytes,
    int commandsOpen,
    int commandWindow,
    int commandAttempts,
    int requestBytes,
    int eventStreams,
    int eventBacklog,
    int rangeReads,
    int deviceLayouts,
    int commandAnswerSeconds,
    int bulkCommands,
    int bulkBytes,
    int jobDevices,
    int jobsRunning,
    int jobInFlight,
    int jobBytes,
    int passwordCharacters,
    int signInFailures,
    int addressSignInFailures,
    int signInWindowSeconds,
    int exports,
    int deviceTokens,
    SocketLimits sockets) {

  /** What the hub uses where nothing else is set. */
  public static final Limits DEFAULTS =
      new Limits(
          64 * 1024,
          1_000,
          8_000,
          64,
          64,
          256 * 1024,
          100_000,
          32 * 1024 * 1024,
          4_096,
          32 * 1024,
          10_000,
          16,
          10,
          64 * 1024,
          1_000,
          1_000,
          4,
          1_000,
          900,
          1_000,
          4 * 1024 * 1024,
          100_000,
          100,
          100_000,
          8 * 1024 * 1024,
          12,
          10,
          50,
          600,
          4,
          20,
          SocketLimits.DEFAULTS);

  /** Largest WebSocket message before Welcome; a part of protocol version 1 (P-12). */
  public static final int FIRST_FRAME_BYTES = 64 * 1024;

  /** Longest text or bytes value; a part of protocol version 1 (P-25). */
  public static final int TEXT_BYTES = 4 * 1024;

  /** How long a device may be over its rate before its session ends for it. */
  public static final Duration RATE_PATIENCE = Duration.ofMinutes(1);

  /** How far a device's clock may run ahead before its times count as absurd. */
  public static final Duration FUTURE_TOLERANCE = Duration.ofDays(1);

  /** The shortest time between two notes of one command's progress. */
  public static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);

  /** How long a command may live at the most. */
  public static final Duration LONGEST_TTL = Duration.ofDays(30);

  /**
   * Payload bytes of unanswered commands at which no more go out to a device: with one more they
   * fill half of what may wait for it, so that nobody is a slow reader for being sent commands.
   */
  public int commandWindowBytes() {
    return Math.max(1, sendQueueBytes / 2 - commandPayloadBytes);
  }

  /** Reports every relation that does not hold, a line each. */
  public Limits {
    List<String> wrong = new ArrayList<>();
    if (commandPayloadBytes + 1024 > frameBytes) {
      wrong.add(
          "limits.command-payload-bytes (%d) must leave 1024 bytes of limits.frame-bytes (%d)"
              .formatted(commandPayloadBytes, frameBytes));
    }
    if (frameBytes > sendQueueBytes) {
      wrong.add(
          "limits.frame-bytes (%d) must not exceed limits.send-queue-bytes (%d)"
              .formatted(frameBytes, sendQueueBytes));
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", wrong));
    }
  }
}
