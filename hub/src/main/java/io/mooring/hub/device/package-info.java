/**
 * Who the devices are: their records, their tokens, and who may come in. Stores over PostgreSQL
 * without state of their own; safe for all threads, and every call blocks on SQL. Invariant: a
 * token's secret is never stored, logged or listed, only its hash.
 *
 * <p>A next token handed over in a session is {@link io.mooring.hub.device.TokenRotationStore}'s
 * matter. Invariant: a token that a device may hold is not revoked for another's sake before a
 * session was opened, or an answer has come, that shows it does not hold it any more.
 */
@NullMarked
package io.mooring.hub.device;

import org.jspecify.annotations.NullMarked;
