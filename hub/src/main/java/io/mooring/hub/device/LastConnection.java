package io.mooring.hub.device;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device's row of the presence table: its newest session.
 *
 * @param since when the state was entered
 * @param closeCode close code of the last session that ended; null: none has ended, or without one
 * @param droppedReadings that the device had to drop in all its life, as it said when it connected
 */
public record LastConnection(
    long epoch,
    PresenceState state,
    Instant since,
    Instant lastSeenAt,
    String node,
    String address,
    String agent,
    @Nullable Integer closeCode,
    @Nullable String closeReason,
    long droppedReadings) {}
