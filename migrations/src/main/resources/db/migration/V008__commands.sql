-- `ordinal` is the order of acceptance and so the order of delivery within a device.
CREATE TABLE command (
  id                  uuid        PRIMARY KEY,
  ordinal             bigint      GENERATED ALWAYS AS IDENTITY,
  device_key          integer     NOT NULL REFERENCES device ON DELETE CASCADE,
  name                text        NOT NULL,
  content_type        text        NOT NULL,
  payload             bytea       NOT NULL,
  state               text        NOT NULL CHECK (state IN
    ('queued', 'sent', 'received', 'succeeded', 'failed', 'rejected', 'expired', 'cancelled', 'undeliverable')),
  attempts            integer     NOT NULL DEFAULT 0,
  epoch               bigint,     -- the session that was last sent the command
  created_at          timestamptz NOT NULL,
  changed_at          timestamptz NOT NULL,
  expires_at          timestamptz NOT NULL,
  caller              text        NOT NULL,
  idempotency_key     text,
  request_digest      bytea       NOT NULL,
  result_content_type text,
  result_payload      bytea,
  result_message      text
) WITH (fillfactor = 80);

-- What is not finished, in order: what the relay reads.
CREATE INDEX command_open ON command (device_key, ordinal) WHERE state IN ('queued', 'sent', 'received');
CREATE INDEX command_open_expiry ON command (expires_at) WHERE state IN ('queued', 'sent', 'received');
CREATE INDEX command_by_device ON command (device_key, ordinal);
CREATE UNIQUE INDEX command_idempotency ON command (caller, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- For retention: the oldest that have ended.
CREATE INDEX command_ended ON command (changed_at) WHERE state NOT IN ('queued', 'sent', 'received');
