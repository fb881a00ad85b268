/** What the README shows, compiled. */
@NullMarked
package io.mooring.device.example;

import org.jspecify.annotations.NullMarked;
