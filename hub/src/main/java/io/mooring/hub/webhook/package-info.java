/**
 * Webhooks: durable events, told to endpoints by POST, at least once each. {@link Webhooks} is the
 * way in; {@code Dispatcher} follows the table of events and never touches the path of devices.
 */
@NullMarked
package io.mooring.hub.webhook;

import org.jspecify.annotations.NullMarked;
