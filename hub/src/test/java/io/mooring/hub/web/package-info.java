/**
 * Tests of the API over real HTTP on a real Jetty and a real PostgreSQL. Every exchange is checked
 * against the OpenAPI document. Only commands and events are fakes.
 */
@NullMarked
package io.mooring.hub.web;

import org.jspecify.annotations.NullMarked;
