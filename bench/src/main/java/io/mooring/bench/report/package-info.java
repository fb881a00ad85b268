/**
 * What a run found out, for people and for programs. Pattern: a scenario adds figures round by
 * round to one {@code Result}; {@code Console} shows progress meanwhile.
 *
 * <p>Threads: the scenario's own thread only.
 *
 * <p>Always: a figure is the median of its rounds and is shown with its lowest and highest; a ratio
 * is the median of the rounds' ratios, and higher is better.
 */
@NullMarked
package io.mooring.bench.report;

import org.jspecify.annotations.NullMarked;
