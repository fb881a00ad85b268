/**
 * The command line of the benchmarks. Pattern: options in, one scenario run, a table and perhaps a
 * JSON file out.
 *
 * <p>Threads: the main one.
 *
 * <p>Always: a figure that is printed was measured in this run.
 */
@NullMarked
package io.mooring.bench;

import org.jspecify.annotations.NullMarked;
