/**
 * Starts, watches and ends the processes of a scenario. Whatever a test started is dead after it,
 * descendants included. Used by one test thread; output goes to files, which the tests read.
 */
@NullMarked
package io.mooring.e2e.harness;

import org.jspecify.annotations.NullMarked;
