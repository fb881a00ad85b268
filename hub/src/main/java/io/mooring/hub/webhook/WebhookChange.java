package io.mooring.hub.webhook;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to be changed of a webhook; null: stays as it is. */
public record WebhookChange(
    @Nullable String name,
    @Nullable URI url,
    @Nullable Set<String> types,
    @Nullable Set<String> devices,
    @Nullable Map<String, String> tags,
    @Nullable Boolean enabled) {
  Webhook.Filter applied(Webhook.Filter filter) {
    return new Webhook.Filter(
        types == null ? filter.types() : types,
        devices == null ? filter.devices() : devices,
        tags == null ? filter.tags() : tags);
  }
}
