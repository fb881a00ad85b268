/**
 * Telemetry, up: from a device's batch to a committed row, and back out again. Queries are plain
 * SQL on the pool and safe for all threads.
 */
@NullMarked
package io.mooring.hub.telemetry;

import org.jspecify.annotations.NullMarked;
