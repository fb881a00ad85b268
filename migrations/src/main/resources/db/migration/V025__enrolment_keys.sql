-- With an enrolment key a new device registers itself and gets its token. uses counts the devices it has registered; the row is
-- locked while one does, so it is exact. Hashed like all secrets.
CREATE TABLE enrolment_key (
  id                text        PRIMARY KEY,
  name              text        NOT NULL,
  secret_hash       bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
  tags              jsonb       NOT NULL CHECK (jsonb_typeof(tags) = 'object'),
  id_prefix         text        NOT NULL,
  max_uses          integer     NOT NULL CHECK (max_uses >= 1),
  uses              integer     NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz,
  revoked_at        timestamptz,
  last_used_at      timestamptz,
  last_used_address text
);

-- The key that registered the device, by its id; null: somebody did by hand.
ALTER TABLE device ADD COLUMN enrolled_by text;

-- A device that enrols is a fourth kind of actor. Not checked for the entries that are there: they fit the narrower rule.
ALTER TABLE audit DROP CONSTRAINT audit_actor_kind_check;
ALTER TABLE audit ADD CONSTRAINT audit_actor_kind_check
  CHECK (actor_kind IN ('user', 'key', 'system', 'enrolment')) NOT VALID;
