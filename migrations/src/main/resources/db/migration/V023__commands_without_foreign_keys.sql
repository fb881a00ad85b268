-- As with history (V016): to look the device up for each command took longer than to write the command. What is accepted
-- in the very moment in which its device is deleted may stay behind; it is shown nowhere and expires.
ALTER TABLE command DROP CONSTRAINT command_device_key_fkey;

CREATE FUNCTION delete_commands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM command WHERE device_key = OLD.key;
  RETURN NULL;
END $$;

CREATE TRIGGER device_deleted_commands AFTER DELETE ON device FOR EACH ROW EXECUTE FUNCTION delete_commands();
