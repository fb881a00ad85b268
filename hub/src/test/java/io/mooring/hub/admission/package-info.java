/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.admission;

import org.jspecify.annotations.NullMarked;
