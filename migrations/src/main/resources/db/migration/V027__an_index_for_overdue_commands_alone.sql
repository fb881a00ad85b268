-- Two indexes for open commands had the same condition, so a plan made while nothing was open could take the one by expiry to
-- find the commands of a device: it reads those of the whole fleet. This condition is met by the search for overdue commands only.
DROP INDEX command_open_expiry;
CREATE INDEX command_overdue ON command (expires_at) WHERE CASE WHEN state IN ('queued', 'sent', 'received') THEN true END;
