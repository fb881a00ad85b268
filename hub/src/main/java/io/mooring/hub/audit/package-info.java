/**
 * The audit log: every change with who made it, from where, and what it was. Whoever stores a
 * change appends it here within the same transaction, so that neither is there without the other.
 * Invariant: rows are never updated, deleted only past their retention, and hold no secrets.
 */
@NullMarked
package io.mooring.hub.audit;

import org.jspecify.annotations.NullMarked;
