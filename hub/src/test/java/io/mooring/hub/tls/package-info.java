@NullMarked
package io.mooring.hub.tls;

import org.jspecify.annotations.NullMarked;
