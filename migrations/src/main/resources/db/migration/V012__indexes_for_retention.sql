-- What retention looks for, so that it never reads a whole table: the oldest sessions and commands that have ended,
-- and batches with absurd times by the hub's own time.
CREATE INDEX session_ended ON session (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX command_ended ON command (changed_at) WHERE state NOT IN ('queued', 'sent', 'received');
CREATE INDEX telemetry_batch_outside_received ON telemetry_batch_outside (received_at);
