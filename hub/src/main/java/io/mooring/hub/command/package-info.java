/** Commands, down: accepted, relayed in order, answered. */
@NullMarked
package io.mooring.hub.command;

import org.jspecify.annotations.NullMarked;
