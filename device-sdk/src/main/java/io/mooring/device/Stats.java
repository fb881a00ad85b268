package io.mooring.device;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counts since the device was started.
 *
 * @param waitingReadings readings the hub is not known to have stored yet
 * @param waitingBytes bytes they take, in memory or in the store, about
 * @param storedReadings readings the hub has confirmed as committed to its database
 * @param droppedReadings readings lost for want of room, or on a damaged or failing disk; with a
 *     store this counts since the store began, not since the device was started. The hub is told it
 *     too
 * @param roundTrip from the newest heartbeat to its answer; null without a connection
 */
public record Stats(
    long waitingReadings,
    long waitingBytes,
    long storedReadings,
    long droppedReadings,
    @Nullable Duration roundTrip) {}
