/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.device;

import org.jspecify.annotations.NullMarked;
