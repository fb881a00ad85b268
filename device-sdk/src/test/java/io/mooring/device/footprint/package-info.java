/** What the SDK costs: memory, measured on real processes. */
@NullMarked
package io.mooring.device.footprint;

import org.jspecify.annotations.NullMarked;
