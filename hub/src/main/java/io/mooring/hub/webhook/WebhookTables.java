package io.mooring.hub.webhook;

/** What the {@link Dispatcher} reads and writes. */
record WebhookTables(
    WebhookStore webhooks,
    DeliveryStore deliveries,
    DeliveryQueries queries,
    EventTakeWrites events) {}
