/** Puts the hub together by hand, top to bottom, and ends it in order. */
@NullMarked
package io.mooring.hub.app;

import org.jspecify.annotations.NullMarked;
