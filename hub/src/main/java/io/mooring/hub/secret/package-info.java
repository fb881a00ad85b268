/**
 * The one format of every secret the hub hands out: device tokens, enrolment keys, API keys,
 * browser sessions. Pure values without state; safe for all threads. What is stored is only ever a
 * hash.
 */
@NullMarked
package io.mooring.hub.secret;

import org.jspecify.annotations.NullMarked;
