-- Integrators' keys: hashed like device tokens, with the scopes they open.
CREATE TABLE api_key (
  id           text        PRIMARY KEY,
  name         text        NOT NULL,
  secret_hash  bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
  scopes       text[]      NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  revoked_at   timestamptz
);
