package io.mooring.hub.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The readings of a stretch of time in a few numbers. What was not asked for is null.
 *
 * @param start the first instant it covers
 * @param avg null also when it holds no finite number, or their sum is beyond a double's range
 * @param last Double, Long, Boolean, String or byte[]
 */
public record Bucket(
    Instant start,
    @Nullable Double avg,
    @Nullable Double min,
    @Nullable Double max,
    long count,
    @Nullable Object last) {}
