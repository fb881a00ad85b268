-- One request to many devices. The counts are those of its rows in job_device, changed in the same transactions: exact at
-- any time, and read with one row however many devices there are. A job that is being prepared is not yet accepted, and
-- is deleted at the next start. What an ended job has left waiting counts as skipped.
CREATE TABLE job (
  id              uuid        PRIMARY KEY,
  title           text,
  name            text        NOT NULL,
  content_type    text        NOT NULL,
  payload         bytea       NOT NULL,
  ttl             text        NOT NULL, -- ISO 8601, from the release to each device
  tags            jsonb,                -- null: the devices were listed
  wave_size       integer,
  wave_percent    integer,
  wave_interval   text,                 -- ISO 8601
  per_second      integer,
  max_in_flight   integer     NOT NULL,
  failure_percent integer,
  minimum_ended   integer,
  state           text        NOT NULL CHECK (state IN ('preparing', 'running', 'paused', 'completed', 'cancelled', 'aborted')),
  cause           text        NOT NULL,
  cancelling      boolean     NOT NULL DEFAULT false, -- it has ended, and not all its commands are dealt with
  wave            integer     NOT NULL DEFAULT 0,
  wave_at         timestamptz,
  created_at      timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,
  ended_at        timestamptz,
  caller          text        NOT NULL,
  idempotency_key text,
  request_digest  bytea       NOT NULL,
  waiting         integer     NOT NULL DEFAULT 0,
  queued          integer     NOT NULL DEFAULT 0,
  sent            integer     NOT NULL DEFAULT 0,
  received        integer     NOT NULL DEFAULT 0,
  succeeded       integer     NOT NULL DEFAULT 0,
  failed          integer     NOT NULL DEFAULT 0,
  rejected        integer     NOT NULL DEFAULT 0,
  expired         integer     NOT NULL DEFAULT 0,
  cancelled       integer     NOT NULL DEFAULT 0,
  undeliverable   integer     NOT NULL DEFAULT 0,
  skipped         integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE UNIQUE INDEX job_idempotency ON job (caller, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX job_by_state ON job (state, id);
CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;

-- What became of each device of a job, beside its command, which may be deleted first. Places go from 1 in the order of
-- release. A device may be deleted while its job goes on, so its key is no foreign key. No index holds the state: rows
-- change it three or four times, which then touches the table alone.
CREATE TABLE job_device (
  job_id     uuid        NOT NULL REFERENCES job ON DELETE CASCADE,
  place      integer     NOT NULL,
  device_key integer     NOT NULL,
  device_id  text        NOT NULL,
  state      text        NOT NULL DEFAULT 'waiting' CHECK (state IN
    ('waiting', 'queued', 'sent', 'received', 'succeeded', 'failed', 'rejected', 'expired', 'cancelled', 'undeliverable', 'skipped')),
  command_id uuid,
  changed_at timestamptz NOT NULL,
  message    text,
  PRIMARY KEY (job_id, place),
  UNIQUE (job_id, device_key)
) WITH (fillfactor = 60);

-- The job may be deleted before its commands, so it is no foreign key.
ALTER TABLE command ADD COLUMN job_id uuid;
CREATE INDEX command_by_job ON command (job_id, id) WHERE job_id IS NOT NULL;

-- With a device go its commands; those that had not ended end for their job.
CREATE FUNCTION job_command_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE job_device SET state = 'undeliverable', changed_at = now(), message = 'the device was deleted'
  WHERE job_id = OLD.job_id AND device_key = OLD.device_key AND command_id = OLD.id;
  IF FOUND THEN
    UPDATE job SET
      queued = queued - (OLD.state = 'queued')::int,
      sent = sent - (OLD.state = 'sent')::int,
      received = received - (OLD.state = 'received')::int,
      undeliverable = undeliverable + 1
    WHERE id = OLD.job_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER job_command_deleted AFTER DELETE ON command
  FOR EACH ROW WHEN (OLD.job_id IS NOT NULL AND OLD.state IN ('queued', 'sent', 'received'))
  EXECUTE FUNCTION job_command_deleted();

-- Jobs have events too, of no single device. The rows that are there are not checked, as that would take long.
ALTER TABLE event
  ALTER COLUMN device_key DROP NOT NULL,
  ADD COLUMN job_id uuid,
  DROP CONSTRAINT event_type_check,
  ADD CONSTRAINT event_type_check CHECK (type IN ('presence', 'command', 'job')) NOT VALID,
  ADD CONSTRAINT event_of_device_or_job CHECK (CASE WHEN type = 'job' THEN device_key IS NULL AND job_id IS NOT NULL
    ELSE device_key IS NOT NULL AND job_id IS NULL END) NOT VALID;
