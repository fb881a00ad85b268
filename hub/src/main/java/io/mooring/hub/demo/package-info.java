/**
 * The demonstration: embedded PostgreSQL, a hub, and this machine as its first device in a process
 * of its own. One thread starts and ends everything in order; only the device's supervisor has a
 * thread beside it.
 */
@NullMarked
package io.mooring.hub.demo;

import org.jspecify.annotations.NullMarked;
