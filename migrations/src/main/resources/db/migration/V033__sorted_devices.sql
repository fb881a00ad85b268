-- For the list of devices by name, in any case, and for that of the few that operators have turned off. The other orders of the
-- list sort what the filter leaves: an index on presence would be paid for by each device that connects.
CREATE INDEX device_by_name ON device (lower(name), id);
CREATE INDEX device_disabled ON device (id) WHERE NOT enabled;
