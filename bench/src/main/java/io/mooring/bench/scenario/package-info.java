/**
 * The scenarios: each puts parts, load and floor together, measures in turns and adds up a result.
 * Pattern: one class a scenario, which reads from top to bottom like its description.
 *
 * <p>Threads: one, the caller's.
 *
 * <p>Always: rounds of hub and floor alternate; a load that broke off or a reading that is missing
 * ends the run with an error instead of a figure.
 */
@NullMarked
package io.mooring.bench.scenario;

import org.jspecify.annotations.NullMarked;
