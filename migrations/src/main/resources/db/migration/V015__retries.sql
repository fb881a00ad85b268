-- Leads from a command to the newest that tries it again.
CREATE INDEX command_retry ON command (retry_of, id) WHERE retry_of IS NOT NULL;
