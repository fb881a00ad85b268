/** Tests of the package of this name. */
@NullMarked
package io.mooring.hub.audit;

import org.jspecify.annotations.NullMarked;
