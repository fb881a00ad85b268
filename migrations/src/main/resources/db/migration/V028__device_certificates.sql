-- Certificates that open a device's sessions in place of a token: SHA-256 of the certificate as it is sent (DER), in hex. Whether one
-- is valid is decided by TLS when it is shown. A row is deleted to revoke it; the audit log remembers.
CREATE TABLE device_certificate (
  fingerprint  text        PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  device_key   integer     NOT NULL REFERENCES device ON DELETE CASCADE,
  name         text        NOT NULL,
  created_at   timestamptz NOT NULL
);

CREATE INDEX device_certificate_by_device ON device_certificate (device_key);

-- Whatever can open a session, by the id under which the session keeps it.
CREATE VIEW device_credential AS
SELECT id, device_key, revoked_at, expires_at FROM device_token
UNION ALL
SELECT fingerprint, device_key, NULL::timestamptz, NULL::timestamptz FROM device_certificate;
