/**
 * The parts of a run, each a process of its own: PostgreSQL, the hub or two of them with NATS, a
 * bare server; and what Linux tells about them. Pattern: objects that start what they stand for and
 * end it when closed.
 *
 * <p>Threads: a scenario's own thread only, but for the shutdown hook of {@code Workplace}.
 *
 * <p>Always: a hub is started by {@code bin/hub}, so it runs with the flags that users run it with,
 * and a bare server with the same ones; whatever was started is gone after the run, and so are its
 * files.
 */
@NullMarked
package io.mooring.bench.part;

import org.jspecify.annotations.NullMarked;
