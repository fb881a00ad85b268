-- People who sign in to the admin page, and the browser sessions they hold (the cookie's secret is hashed too).
CREATE TABLE operator (
  name          text        PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$'),
  password_hash text        NOT NULL,
  role          text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_at    timestamptz NOT NULL
);

CREATE TABLE operator_session (
  id            text        PRIMARY KEY,
  secret_hash   bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
  operator_name text        NOT NULL REFERENCES operator ON DELETE CASCADE,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL
);
