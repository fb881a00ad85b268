/**
 * The command line's way to a running hub: the published REST API over HTTP, as any integrator has
 * it. Knows nothing of the hub's inside.
 */
@NullMarked
package io.mooring.hub.client;

import org.jspecify.annotations.NullMarked;
