-- What a device leaves may be millions of rows, and while they were deleted with it its row stayed locked: its next session
-- waited for that, and behind it everybody's. So the deletion only notes whose rows they are, which nothing shows any more;
-- the hub deletes them afterwards, in slices. `key` never returns (V001).
CREATE TABLE deleted_device (
  key        integer     PRIMARY KEY,
  deleted_at timestamptz NOT NULL
);

CREATE FUNCTION note_deleted_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_device VALUES (OLD.key, now()) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

DROP TRIGGER device_deleted ON device;
DROP TRIGGER device_deleted_commands ON device;
DROP FUNCTION delete_history();
DROP FUNCTION delete_commands();
CREATE TRIGGER device_deleted AFTER DELETE ON device FOR EACH ROW EXECUTE FUNCTION note_deleted_device();
