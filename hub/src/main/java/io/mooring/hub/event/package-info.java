/**
 * The feed of presence, command and telemetry events: durable ones from the table, telemetry live
 * only.
 */
@NullMarked
package io.mooring.hub.event;

import org.jspecify.annotations.NullMarked;
