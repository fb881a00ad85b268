-- A device's secrets. Only the SHA-256 of the 256-bit random secret is kept: nothing here opens a session.
CREATE TABLE device_token (
  id           text        PRIMARY KEY,
  device_key   integer     NOT NULL REFERENCES device ON DELETE CASCADE,
  name         text        NOT NULL,
  secret_hash  bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
  created_at   timestamptz NOT NULL,
  not_before   timestamptz NOT NULL,
  expires_at   timestamptz,
  revoked_at   timestamptz
);

CREATE INDEX device_token_by_device ON device_token (device_key);
