/**
 * Programs that use the SDK as a device's software does, each with a main method: started as
 * processes of their own, told to stop by a line on standard input, heard on standard output.
 */
@NullMarked
package io.mooring.e2e.device;

import org.jspecify.annotations.NullMarked;
