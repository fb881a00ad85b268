package io.mooring.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread over one selector, with one pair of buffers for all its sockets. */
final class EventLoop implements AutoCloseable {
  /** What is to be done beside sockets and tasks, at every turn. */
  @FunctionalInterface
  interface Ticker {
    void tick(long nowNanos);
  }

  private static final int IN_BYTES = 256 * 1024;
  private static final int OUT_BYTES = 64 * 1024;
  private static final long TURN_MS = 5;

  /** Little-endian, as Protobuf's fixed fields; the few bytes of WebSocket are put one by one. */
  final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  final ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** What a device answers to the messages of one read, while {@link #out} serves for all else. */
  final ByteBuffer answers = ByteBuffer.allocateDirect(OUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  final Selector selector;
  private final Ticker ticker;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private final Thread metronome;
  private volatile long beatNanos;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  EventLoop(Ticker ticker) {
    this.ticker = ticker;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().name("generator").daemon().unstarted(this::run);
    metronome = Thread.ofPlatform().name("metronome").daemon().unstarted(this::beat);
  }

  void start() {
    thread.start();
    metronome.start();
  }

  /** Runs it on the loop's thread. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Turns the loop at least this often; 0: only every few milliseconds. */
  void beatEvery(long nanos) {
    beatNanos = nanos;
    LockSupport.unpark(metronome);
  }

  /**
   * A selector waits in whole milliseconds, which is too coarse for thousands of sends a second.
   */
  private void beat() {
    while (!closed) {
      long pause = beatNanos;
      if (pause == 0) {
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      } else {
        LockSupport.parkNanos(pause);
        selector.wakeup();
      }
    }
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(EventLoop::ready, TURN_MS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        ticker.tick(System.nanoTime());
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
  }

  private static void ready(SelectionKey key) {
    ((Connection) key.attachment()).ready();
  }

  /** Fails when the loop has died: its figures would be of a generator that stands still. */
  void check() {
    Throwable died = failure;
    if (died != null) {
      throw new IllegalStateException("the load generator failed", died);
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    LockSupport.unpark(metronome);
    try {
      thread.join();
      metronome.join();
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
