package io.mooring.device;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counts since the device was started.
 *
 * @param waitingReadings readings the hub is not known to have stored yet
 * @param waitingBytes memory they take, about
 * @param storedReadings readings the hub has confirmed as committed to its database
 * @param droppedReadings readings lost for want of room; the hub is told this number too
 * @param roundTrip from the newest heartbeat to its answer; null without a connection
 */
public record Stats(
    long waitingReadings,
    long waitingBytes,
    long storedReadings,
    long droppedReadings,
    @Nullable Duration roundTrip) {}
