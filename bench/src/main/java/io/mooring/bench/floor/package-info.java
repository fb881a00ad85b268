/**
 * The floors: the least that the same hardware needs for the bare work. Pattern: plain programs
 * with nothing in them that could be left out.
 *
 * <p>Threads: {@code CopyLoop} runs on its caller's thread; the bare servers are processes of their
 * own.
 *
 * <p>Always: a floor is measured in the same run as what stands on it, in turns with it.
 */
@NullMarked
package io.mooring.bench.floor;

import org.jspecify.annotations.NullMarked;
