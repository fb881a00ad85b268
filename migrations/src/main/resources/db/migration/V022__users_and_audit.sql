-- Who signs in is a user; operator is one of the roles.
ALTER TABLE operator RENAME TO user_account;
ALTER TABLE operator_session RENAME TO user_session;
ALTER TABLE user_session RENAME COLUMN operator_name TO user_name;
CREATE INDEX user_session_by_user ON user_session (user_name);

-- password_expires_at is null where the user chose the password; else it is a one-time password, good until then, and opens
-- nothing but the choice of another one.
ALTER TABLE user_account
  ADD COLUMN enabled             boolean NOT NULL DEFAULT true,
  ADD COLUMN password_expires_at timestamptz,
  ADD COLUMN last_sign_in_at     timestamptz;

-- Nobody is to be taken for another: Eve and eve are one name.
CREATE UNIQUE INDEX user_account_by_lower_name ON user_account (lower(name));

-- Noted once a minute at most.
ALTER TABLE api_key
  ADD COLUMN last_used_at      timestamptz,
  ADD COLUMN last_used_address text;

-- Every change: who made it, from where, what, and how the thing was before and after. Written in the transaction of the
-- change itself and never updated; rows go only when they are older than audit.retention-days. The target is the thing's path in
-- the API, such as devices/pump-7/tokens/4fzN…, so that all below devices/pump-7 is one range of the index. No secrets.
CREATE TABLE audit (
  id         bigint      GENERATED ALWAYS AS IDENTITY,
  at         timestamptz NOT NULL,
  actor_kind text        NOT NULL CHECK (actor_kind IN ('user', 'key', 'system')),
  actor_id   text        NOT NULL,
  actor_name text        NOT NULL,
  address    text,
  action     text        NOT NULL COLLATE "C",
  target     text        NOT NULL COLLATE "C",
  before     jsonb       NOT NULL,
  after      jsonb       NOT NULL,
  PRIMARY KEY (at, id)
);

CREATE INDEX audit_by_actor ON audit (actor_id, at, id);
CREATE INDEX audit_by_action ON audit (action, at, id);
CREATE INDEX audit_by_target ON audit (target, at, id);
