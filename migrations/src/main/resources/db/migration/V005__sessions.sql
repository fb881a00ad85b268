-- One row a device: its newest session epoch and what is known of its connection. Every write that a session
-- makes here names its epoch and does nothing when a newer session has opened.
CREATE TABLE presence (
  device_key      integer     PRIMARY KEY REFERENCES device ON DELETE CASCADE,
  epoch           bigint      NOT NULL,
  state           text        NOT NULL CHECK (state IN ('online', 'suspect', 'offline')),
  since           timestamptz NOT NULL,
  last_seen_at    timestamptz NOT NULL,
  node            text        NOT NULL,
  address         text        NOT NULL,
  agent           text        NOT NULL,
  close_code      integer,
  close_reason    text
) WITH (fillfactor = 70);

CREATE INDEX presence_by_state ON presence (state);

-- Every session there was.
CREATE TABLE session (
  device_key   integer     NOT NULL REFERENCES device ON DELETE CASCADE,
  epoch        bigint      NOT NULL,
  node         text        NOT NULL,
  address      text        NOT NULL,
  agent        text        NOT NULL,
  opened_at    timestamptz NOT NULL,
  closed_at    timestamptz,
  close_code   integer,
  close_reason text,
  PRIMARY KEY (device_key, epoch)
) WITH (fillfactor = 80);

-- For retention: the oldest that have ended.
CREATE INDEX session_ended ON session (closed_at) WHERE closed_at IS NOT NULL;
