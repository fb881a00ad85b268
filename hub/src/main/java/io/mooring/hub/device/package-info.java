/**
 * Who the devices are: their records, their tokens, and who may come in. Stores over PostgreSQL
 * without state of their own; safe for all threads, and every call blocks on SQL. Invariant: a
 * token's secret is never stored, logged or listed, only its hash.
 */
@NullMarked
package io.mooring.hub.device;

import org.jspecify.annotations.NullMarked;
