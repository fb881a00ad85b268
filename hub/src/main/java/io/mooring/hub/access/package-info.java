/**
 * Who may use the API: API keys with scopes, users with roles, their browser sessions. Safe for all
 * threads; calls block on SQL, and checking a password costs a core about 0.2 s on purpose.
 * Invariant: secrets and passwords are stored and logged as hashes or not at all.
 */
@NullMarked
package io.mooring.hub.access;

import org.jspecify.annotations.NullMarked;
