/** Tests of jobs on a real PostgreSQL, with devices without sockets and time that stands still. */
@NullMarked
package io.mooring.hub.job;

import org.jspecify.annotations.NullMarked;
