@NullMarked
package io.mooring.hub.webhook;

import org.jspecify.annotations.NullMarked;
