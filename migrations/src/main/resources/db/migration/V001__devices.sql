-- A device as operators know it. `key` never returns: a device deleted and created again under the same id
-- has another key, so nothing of its former life (tokens, sessions, commands, readings) belongs to it.
CREATE TABLE device (
  key        integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         text        NOT NULL UNIQUE CHECK (id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$'),
  name       text        NOT NULL,
  tags       jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
  enabled    boolean     NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE INDEX device_by_tag ON device USING gin (tags jsonb_path_ops);
