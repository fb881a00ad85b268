/**
 * Scenarios of the whole system: hub, devices and PostgreSQL are processes of their own, and are
 * killed as real ones are. Each test has its own hub and database; all share one PostgreSQL. Tests
 * run one after the other on one thread. What a scenario needs is in {@code harness}; the programs
 * it runs as devices are in {@code device}.
 */
@NullMarked
package io.mooring.e2e;

import org.jspecify.annotations.NullMarked;
