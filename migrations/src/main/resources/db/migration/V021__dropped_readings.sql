-- How many readings the device says it had to drop, over all streams it ever had; and of the streams it named last with
-- such readings, what it said, so that the next time only what is new is added.
ALTER TABLE presence
  ADD COLUMN dropped_readings bigint   NOT NULL DEFAULT 0,
  ADD COLUMN dropped_streams  bigint[] NOT NULL DEFAULT '{}',
  ADD COLUMN dropped_counts   bigint[] NOT NULL DEFAULT '{}';
