-- A command that tries an ended one again names it; the old one may be pruned first, so it is no foreign key.
ALTER TABLE command
  ADD COLUMN retry_of         uuid,
  ADD COLUMN result_retryable boolean,
  ADD COLUMN progress_percent smallint CHECK (progress_percent BETWEEN 0 AND 100),
  ADD COLUMN progress_message text,
  ADD COLUMN progress_at      timestamptz;

-- Lists go by id, newest first: ids begin with the time of acceptance, so a range of time is a range of ids.
DROP INDEX command_by_device;
CREATE INDEX command_by_device ON command (device_key, id);
CREATE INDEX command_by_name ON command (name, id);
-- Those that people look for are few among many that went well.
CREATE INDEX command_by_bad_end ON command (state, id)
  WHERE state IN ('failed', 'rejected', 'expired', 'cancelled', 'undeliverable');
