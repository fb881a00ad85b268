/**
 * Which device is online, suspect or offline, as the table {@code presence} has it. Every write
 * names the epoch of the session that makes it and does nothing when a newer session has opened.
 */
@NullMarked
package io.mooring.hub.presence;

import org.jspecify.annotations.NullMarked;
