-- When and from where a connection was last let in by a token: noted by the way, at most once in five minutes.
-- revoked_cause: 'operator' (by hand), 'rotated' (the token after it was proven), 'superseded' (a later next token was).
-- A next token is handed over inside a session. It opens sessions like any other and is unproven until it has opened one;
-- then the token in whose session it was handed over, which it replaces, is revoked.
ALTER TABLE device_token
  ADD COLUMN last_used_at      timestamptz,
  ADD COLUMN last_used_address text,
  ADD COLUMN revoked_cause     text CHECK (revoked_cause IN ('operator', 'rotated', 'superseded')),
  ADD COLUMN replaces          text,
  ADD COLUMN unproven          boolean NOT NULL DEFAULT false;

UPDATE device_token SET revoked_cause = 'operator' WHERE revoked_at IS NOT NULL;

-- What an operator asked for: that a device gets another token in place of the one it uses. One row a device, the newest.
-- epoch: of the session in which it was tried last, so that each session is tried once. next_token: the one handed over last.
CREATE TABLE token_rotation (
  device_key integer     PRIMARY KEY REFERENCES device ON DELETE CASCADE,
  state      text        NOT NULL CHECK (state IN ('asked', 'unable', 'handed-over', 'stored', 'done')),
  asked_at   timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  epoch      bigint      NOT NULL DEFAULT 0,
  hand_overs integer     NOT NULL DEFAULT 0,
  next_token text
);

CREATE INDEX token_rotation_open ON token_rotation (device_key) WHERE state <> 'done';
