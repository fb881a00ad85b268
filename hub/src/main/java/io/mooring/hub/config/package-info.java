/** Validated settings and every limit, in one place. Knows nothing of the rest of the hub. */
@NullMarked
package io.mooring.hub.config;

import org.jspecify.annotations.NullMarked;
