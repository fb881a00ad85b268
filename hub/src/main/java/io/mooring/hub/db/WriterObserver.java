package io.mooring.hub.db;

import io.mooring.hub.db.DatabaseException.Kind;

/** What the {@link BatchWriter} tells of itself, on its own thread. */
public interface WriterObserver {
  void committed(int writes, long nanos);

  void retried(Kind kind);

  /** An observer that does not look. */
  WriterObserver NONE =
      new WriterObserver() {
        @Override
        public void committed(int writes, long nanos) {}

        @Override
        public void retried(Kind kind) {}
      };
}
