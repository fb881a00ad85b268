/**
 * REST, events and the admin page over HTTP: Jetty core handlers, no servlets. A request goes
 * SecurityHeaders → gzip → ApiHandler (routes of {@link io.mooring.hub.web.Routes}, refusing by
 * default) → StaticFiles. Endpoints run on the server's (virtual) threads and may block on SQL;
 * what waits for a device holds no thread. Invariants: every error is a problem document without
 * internals; every change by cookie proves that it comes from our own page.
 */
@NullMarked
package io.mooring.hub.web;

import org.jspecify.annotations.NullMarked;
