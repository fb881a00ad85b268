-- The mark of the last transaction of the hub's writer that has committed: each transaction leaves its own. When the
-- answer to a COMMIT is lost the writer looks whether its mark is here. (A transaction's number would not do: after a
-- crash of PostgreSQL the numbers of lost transactions are given to others.) One row, since a database has one hub.
CREATE TABLE writer_mark (
  one  boolean PRIMARY KEY CHECK (one),
  mark uuid    NOT NULL
);

INSERT INTO writer_mark VALUES (true, gen_random_uuid());
