-- Names and types of a batch's columns. Devices of one kind share one layout: `digest` is the SHA-256 of its
-- canonical text, so equal layouts meet.
CREATE TABLE layout (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest  bytea   NOT NULL UNIQUE,
  metrics text[]  NOT NULL,
  types   text[]  NOT NULL
);

-- Which layouts a device has ever declared: where to look for a metric of a device.
CREATE TABLE device_layout (
  device_key integer NOT NULL REFERENCES device ON DELETE CASCADE,
  layout_id  integer NOT NULL REFERENCES layout,
  PRIMARY KEY (device_key, layout_id)
);

-- One row a batch, as the device sent it: values in typed arrays, column after column (see the view `reading`).
-- `time` is the device's own time of the first reading. It is part of the key and the partition key because the
-- batch itself carries it: the same batch sent again always meets its first copy. No foreign keys: they would
-- cost a look-up a row, and rows outlive the device on purpose until retention drops them.
CREATE TABLE telemetry_batch (
  device_key      integer     NOT NULL,
  layout_id       integer     NOT NULL,
  time            timestamptz NOT NULL,
  stream          bigint      NOT NULL,
  seq             bigint      NOT NULL,
  received_at     timestamptz NOT NULL,
  clock_offset_us bigint,               -- device clock minus hub clock, as last measured; null: not known yet
  time_suspect    boolean     NOT NULL, -- the device's time is absurd: trust received_at instead
  readings        integer     NOT NULL, -- N
  offsets_us      bigint[],             -- N times since `time`; null: one reading
  numbers         float8[],
  integers        bigint[],
  booleans        boolean[],
  texts           text[],
  blobs           bytea[],
  PRIMARY KEY (device_key, layout_id, time, stream, seq)
) PARTITION BY RANGE (time);

-- Times no day partition was made for (absurdly old, or in the future) have their own place.
CREATE TABLE telemetry_batch_outside PARTITION OF telemetry_batch DEFAULT;

-- For retention, which goes by the hub's time here, as the device's is absurd.
CREATE INDEX telemetry_batch_outside_received ON telemetry_batch_outside (received_at);
