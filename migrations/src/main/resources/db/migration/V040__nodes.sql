-- The hubs that share this database. Each renews its row every second; one whose row is older than its lease is lost, and
-- any other ends its sessions for it. A hub that shares the database with none has no row.
CREATE TABLE node (
  name                text             PRIMARY KEY,
  run                 text             NOT NULL, -- tells this start of the hub from its others
  lost                boolean          NOT NULL DEFAULT false,
  draining            boolean          NOT NULL DEFAULT false,
  version             text             NOT NULL,
  started_at          timestamptz      NOT NULL,
  renewed_at          timestamptz      NOT NULL,
  lease_ms            integer          NOT NULL,
  sessions            integer          NOT NULL DEFAULT 0,
  readings_per_second double precision NOT NULL DEFAULT 0,
  values_per_second   double precision NOT NULL DEFAULT 0,
  problem             text,                      -- why it hears nothing of the others; null: it does
  settled             boolean          NOT NULL DEFAULT false -- it is lost, and its sessions are ended
);

-- One mark for each writer: that of a hub without others is called mooring-writer.
DROP TABLE writer_mark;
CREATE TABLE writer_mark (
  writer text PRIMARY KEY,
  mark   uuid NOT NULL
);

-- The node that releases a job's devices; null: the hub that is there.
ALTER TABLE job ADD COLUMN node text;
