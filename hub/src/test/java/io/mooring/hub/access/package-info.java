/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.access;

import org.jspecify.annotations.NullMarked;
