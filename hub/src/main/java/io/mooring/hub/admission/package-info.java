/**
 * Who may come in, and how fast: bounds that hold before anything expensive is done, in memory and
 * by the time that is given. Knows neither Jetty nor the database. Every table by address has a
 * fixed size.
 *
 * <p>Threads: every class says whether it guards itself.
 */
@NullMarked
package io.mooring.hub.admission;

import org.jspecify.annotations.NullMarked;
