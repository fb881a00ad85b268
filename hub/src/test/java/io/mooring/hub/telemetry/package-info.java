/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.telemetry;

import org.jspecify.annotations.NullMarked;
