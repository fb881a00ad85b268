package io.mooring.hub.gateway;

import java.util.concurrent.Executor;

/**
 * A socket's turn on its selector. Jetty reads on for as long as something comes, and one device
 * can send as fast as a thread takes it; so after so much all others come first. Used by the thread
 * that brings the frames.
 */
final class Turn {
  /** Few enough to take well below a millisecond, many enough that the change costs nothing. */
  private static final int FRAMES = 256;

  private static final int BYTES = 128 * 1024;

  private final Executor selector;
  private int frames;
  private int bytes;

  /**
   * @param selector runs a task once all sockets that wait have had their turn
   */
  Turn(Executor selector) {
    this.selector = selector;
  }

  /** A frame was read, and the next one is wanted: now, or when the others had their turn. */
  void next(int size, Runnable demand) {
    frames++;
    bytes += size;
    if (frames < FRAMES && bytes < BYTES) {
      demand.run();
    } else {
      frames = 0;
      bytes = 0;
      selector.execute(demand);
    }
  }
}
