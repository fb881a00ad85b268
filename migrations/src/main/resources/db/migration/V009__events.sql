-- Everything that happened to presence and commands, in the order it was committed: the transition log of a command,
-- the history of a device and the source of the event feed are one table.
CREATE TABLE event (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL,
  device_key integer     NOT NULL REFERENCES device ON DELETE CASCADE,
  type       text        NOT NULL CHECK (type IN ('presence', 'command')),
  state      text        NOT NULL,
  epoch      bigint,
  node       text        NOT NULL,
  command_id uuid,
  cause      text        NOT NULL
);

CREATE INDEX event_by_command ON event (command_id, id) WHERE command_id IS NOT NULL;
CREATE INDEX event_by_device ON event (device_key, id);
