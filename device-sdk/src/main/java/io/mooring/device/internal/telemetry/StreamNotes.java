package io.mooring.device.internal.telemetry;

import io.mooring.device.internal.store.StateFile;
import java.io.IOException;

/** What the state file knows of one stream, and of the streams together. */
final class StreamNotes {
  // Field 0 is the folder's.
  private static final int LIVE = 1;
  private static final int REMOVED_STREAM = 2;
  private static final int REMOVED_SEGMENT = 3;
  private static final int FIRST = 4;
  private static final int ID = 0;
  private static final int NEXT_SEQ = 1;
  private static final int STORED_SEQ = 2;
  private static final int DROPPED = 3;
  private static final int FIELDS = 4;

  private final StateFile file;
  private final int index;
  private final boolean forceEach;

  StreamNotes(StateFile file, int index, boolean forceEach) {
    this.file = file;
    this.index = index;
    this.forceEach = forceEach;
  }

  /** The index of the stream that new batches go to. */
  static int live(StateFile file) {
    return (int) file.get(LIVE);
  }

  static void live(StateFile file, int index) throws IOException {
    file.set(LIVE, index);
    file.write(false);
  }

  /** 0 as long as the stream does not exist. */
  long id() {
    return get(ID);
  }

  void begin(long id, long nextSeq) throws IOException {
    set(ID, id);
    set(NEXT_SEQ, nextSeq);
    file.write(true);
  }

  /** Above every number known to have been used; those used since may be higher. */
  long nextSeq() {
    return get(NEXT_SEQ);
  }

  /** The hub had everything up to this number; by now it may have more. */
  long storedSeq() {
    return get(STORED_SEQ);
  }

  long dropped() {
    return get(DROPPED);
  }

  /** Both at once, or neither. */
  void stored(long seq, long dropped) throws IOException {
    set(STORED_SEQ, seq);
    set(DROPPED, dropped() + dropped);
    if (dropped > 0) {
      file.write(forceEach);
    } else {
      file.note(); // should it be lost, the hub tells it again
    }
  }

  /**
   * To be called before a segment is removed, with what it alone knew. Should the process end in
   * between, the next one removes it, and counts nothing again.
   *
   * @param dropped readings that go with it
   * @param storedSeq as far as the hub is known to have the stream
   * @param nextSeq above every number of the segment
   */
  void removing(long segment, long dropped, long storedSeq, long nextSeq) throws IOException {
    long droppedBefore = dropped();
    long removedBefore = file.get(REMOVED_SEGMENT);
    long streamBefore = file.get(REMOVED_STREAM);
    set(DROPPED, droppedBefore + dropped);
    set(STORED_SEQ, Math.max(storedSeq(), storedSeq));
    set(NEXT_SEQ, Math.max(nextSeq(), nextSeq));
    file.set(REMOVED_STREAM, index);
    file.set(REMOVED_SEGMENT, segment);
    try {
      file.write(true);
    } catch (IOException e) {
      set(DROPPED, droppedBefore);
      file.set(REMOVED_STREAM, streamBefore);
      file.set(REMOVED_SEGMENT, removedBefore);
      throw e;
    }
  }

  /** The segment of this stream that is to be removed; 0 for none. */
  long removed() {
    return file.get(REMOVED_STREAM) == index ? file.get(REMOVED_SEGMENT) : 0;
  }

  private long get(int field) {
    return file.get(FIRST + index * FIELDS + field);
  }

  private void set(int field, long value) {
    file.set(FIRST + index * FIELDS + field, value);
  }
}
