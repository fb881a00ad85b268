/**
 * The database: pool, migrations, error classes and the BatchWriter, through which everything on
 * the hot path becomes durable. SQL itself lives in the stores of the packages above.
 */
@NullMarked
package io.mooring.hub.db;

import org.jspecify.annotations.NullMarked;
