/** The hub. */
@NullMarked
package io.mooring.hub;

import org.jspecify.annotations.NullMarked;
