-- Small batches of a device are merged into longer rows in the background. Such a row keeps when each of its
-- readings arrived: microseconds since `received_at`, one a reading; null: all arrived then.
ALTER TABLE telemetry_batch ADD COLUMN received_offsets_us bigint[];

-- Merging takes a batch's own key away, so what has been merged is remembered here: every batch of the stream up to
-- `seq` is stored, and a device that sends one of them again is told so.
CREATE TABLE merged_stream (
  device_key integer     NOT NULL,
  stream     bigint      NOT NULL,
  seq        bigint      NOT NULL,
  merged_at  timestamptz NOT NULL,
  PRIMARY KEY (device_key, stream)
);

-- The hours before this one have been merged. One row.
CREATE TABLE merge_progress (
  one           boolean     PRIMARY KEY DEFAULT true CHECK (one),
  merged_before timestamptz NOT NULL
);
