package io.mooring.hub.db;

/** What the {@link BatchWriter} tells of itself, on its own thread. */
public interface WriterObserver {
  void committed(int writes, long nanos);

  /** A transaction failed and is tried again. */
  void retried(DatabaseException why);

  /** An observer that does not look. */
  WriterObserver NONE =
      new WriterObserver() {
        @Override
        public void committed(int writes, long nanos) {}

        @Override
        public void retried(DatabaseException why) {}
      };
}
