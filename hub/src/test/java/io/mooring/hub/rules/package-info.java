/** Rules of the house that a machine can hold. */
@NullMarked
package io.mooring.hub.rules;

import org.jspecify.annotations.NullMarked;
