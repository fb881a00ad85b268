-- The view `reading` over long rows as well: an array is unpacked once a row and metric, not once a value, and a
-- merged row tells when each of its readings arrived. Restrict it by device_id (or device_key) and by batch_time, the
-- time of the row's first reading, so that only the partitions and index entries concerned are read. All readings of
-- a row lie within an hour of batch_time.
CREATE OR REPLACE VIEW reading AS
SELECT
  b.device_key,
  d.id                                                                          AS device_id,
  m.name                                                                        AS metric,
  m.type,
  b.time                                                                        AS batch_time,
  b.time + COALESCE(r.offset_us, 0) * interval '1 microsecond'                  AS device_time,
  CASE WHEN b.time_suspect THEN b.received_at
       ELSE b.time + COALESCE(r.offset_us, 0) * interval '1 microsecond'
  END                                                                           AS time,
  b.received_at + COALESCE(r.received_offset_us, 0) * interval '1 microsecond'  AS received_at,
  b.time_suspect,
  r.number,
  r.integer,
  r.boolean,
  r.text,
  r.bytes,
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
CROSS JOIN LATERAL ROWS FROM (
  generate_series(1, b.readings),
  unnest(b.offsets_us),
  unnest(b.received_offsets_us),
  unnest(CASE WHEN m.type = 'number'  THEN b.numbers [m.slot * b.readings + 1 : (m.slot + 1) * b.readings] END),
  unnest(CASE WHEN m.type = 'integer' THEN b.integers[m.slot * b.readings + 1 : (m.slot + 1) * b.readings] END),
  unnest(CASE WHEN m.type = 'boolean' THEN b.booleans[m.slot * b.readings + 1 : (m.slot + 1) * b.readings] END),
  unnest(CASE WHEN m.type = 'text'    THEN b.texts   [m.slot * b.readings + 1 : (m.slot + 1) * b.readings] END),
  unnest(CASE WHEN m.type = 'bytes'   THEN b.blobs   [m.slot * b.readings + 1 : (m.slot + 1) * b.readings] END)
) AS r(i, offset_us, received_offset_us, number, "integer", "boolean", text, bytes);
