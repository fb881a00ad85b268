/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.secret;

import org.jspecify.annotations.NullMarked;
