package io.mooring.hub.db;

/**
 * What the {@link BatchWriter} has before it.
 *
 * @param writes waiting, being written, or written and not yet told of it
 * @param waiting tasks that wait for room now
 * @param waits tasks that have had to wait for room since the start
 */
public record Backlog(long writes, int waiting, long waits) {}
