/**
 * What tests of several packages share: a real PostgreSQL, and the parts that stand in for time and
 * chance.
 */
@NullMarked
package io.mooring.hub.testing;

import org.jspecify.annotations.NullMarked;
