/**
 * What operators watch: metrics and health. Safe for all threads; knows nothing of HTTP, which is
 * the business of package web.
 */
@NullMarked
package io.mooring.hub.ops;

import org.jspecify.annotations.NullMarked;
