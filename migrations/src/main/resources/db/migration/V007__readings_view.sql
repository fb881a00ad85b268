-- One row a single reading, for plain SQL. Restrict it by device_id (or device_key) and by batch_time, the time of
-- the batch's first reading, so that only the partitions and index entries concerned are read.
CREATE VIEW reading AS
SELECT
  b.device_key,
  d.id                                                                 AS device_id,
  m.name                                                               AS metric,
  m.type,
  b.time                                                               AS batch_time,
  b.time + COALESCE(b.offsets_us[r.i], 0) * interval '1 microsecond'   AS device_time,
  CASE WHEN b.time_suspect THEN b.received_at
       ELSE b.time + COALESCE(b.offsets_us[r.i], 0) * interval '1 microsecond'
  END                                                                  AS time,
  b.received_at,
  b.time_suspect,
  CASE WHEN m.type = 'number'  THEN b.numbers [m.slot * b.readings + r.i] END AS number,
  CASE WHEN m.type = 'integer' THEN b.integers[m.slot * b.readings + r.i] END AS integer,
  CASE WHEN m.type = 'boolean' THEN b.booleans[m.slot * b.readings + r.i] END AS boolean,
  CASE WHEN m.type = 'text'    THEN b.texts   [m.slot * b.readings + r.i] END AS text,
  CASE WHEN m.type = 'bytes'   THEN b.blobs   [m.slot * b.readings + r.i] END AS bytes,
  b.stream,
  b.seq
FROM telemetry_batch b
JOIN device d ON d.key = b.device_key
JOIN layout l ON l.id = b.layout_id
-- slot: the metric's rank among the metrics of its own type, from 0
CROSS JOIN LATERAL (
  SELECT u.name, u.type, row_number() OVER (PARTITION BY u.type ORDER BY u.ordinal) - 1 AS slot
  FROM unnest(l.metrics, l.types) WITH ORDINALITY AS u(name, type, ordinal)
) m
CROSS JOIN LATERAL generate_series(1, b.readings) AS r(i);
