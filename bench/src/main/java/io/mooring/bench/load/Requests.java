package io.mooring.bench.load;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What callers ask for, one request after the other. Used on the loop's thread. */
public interface Requests {
  /** The next request of a caller, as it goes over the wire; null: it has no more. */
  @Nullable ByteBuffer next(int caller);

  /**
   * A request was answered; fails where the answer is not the one wanted.
   *
   * @return how many commands are done by it
   */
  int answered(int status, ByteBuffer body);
}
