/**
 * Validated settings and every limit, in one place. Knows nothing of the rest of the hub.
 *
 * <p>{@link io.mooring.hub.config.Settings} is the one table: parsing, {@code check-config} and the
 * table in docs/OPERATIONS.md all come from it. Everything here is immutable and safe for all
 * threads; a {@link io.mooring.hub.config.HubConfig} exists only when every setting is valid.
 */
@NullMarked
package io.mooring.hub.config;

import org.jspecify.annotations.NullMarked;
