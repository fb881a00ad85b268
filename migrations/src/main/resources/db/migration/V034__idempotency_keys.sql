-- Which requests have made devices, tokens, keys and users, by the Idempotency-Key of their callers: written in the transaction that
-- makes the thing, and known for a week. No secrets: digest is SHA-256 of the request, target the thing's path in the API. Commands
-- and jobs have such columns of their own, as they are written many at once.
CREATE TABLE idempotency_key (
  caller  text        NOT NULL,
  key     text        NOT NULL,
  digest  bytea       NOT NULL CHECK (octet_length(digest) = 32),
  target  text        NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (caller, key)
);

CREATE INDEX idempotency_key_by_age ON idempotency_key (made_at);
