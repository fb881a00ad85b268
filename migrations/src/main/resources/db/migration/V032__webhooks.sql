-- Endpoints that are told of events by POST. position: the newest event that was looked at for this webhook; it moves in the transaction that
-- writes down the deliveries of those up to it. secret: the key that signs, so no hash of it would do; previous_secret signs beside it until
-- previous_until. disabled_cause: 'operator' (by hand), 'gone' (the endpoint said 410), 'failing' (for too long). failing_since: null while
-- the last attempt of any delivery went well.
CREATE TABLE webhook (
  id              text        PRIMARY KEY,
  name            text        NOT NULL,
  url             text        NOT NULL,
  secret          bytea       NOT NULL,
  previous_secret bytea,
  previous_until  timestamptz,
  types           text[]      NOT NULL,
  devices         text[]      NOT NULL,
  tags            jsonb       NOT NULL CHECK (jsonb_typeof(tags) = 'object'),
  disabled_cause  text        CHECK (disabled_cause IN ('operator', 'gone', 'failing')),
  position        bigint      NOT NULL,
  created_at      timestamptz NOT NULL,
  failing_since   timestamptz
);

-- One event for one webhook. body is what is sent and signed, byte for byte, as the event may be gone before the last attempt. status and
-- answer: what the last attempt got; both null: it went well, or none was made. Rows of a deleted webhook go as all that are old go.
CREATE TABLE webhook_delivery (
  webhook_id       text        NOT NULL,
  event_id         bigint      NOT NULL,
  device           text,
  body             text        NOT NULL,
  state            text        NOT NULL CHECK (state IN ('pending', 'succeeded', 'dead')),
  attempts         integer     NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL,
  first_attempt_at timestamptz,
  next_attempt_at  timestamptz,
  ended_at         timestamptz,
  status           integer,
  answer           text,
  PRIMARY KEY (webhook_id, event_id)
);

CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, event_id) WHERE state = 'pending';
CREATE INDEX webhook_delivery_dead ON webhook_delivery (webhook_id, event_id) WHERE state = 'dead';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at);
