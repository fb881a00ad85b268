package io.mooring.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Programs that use the hub's API, each over one connection, on the thread of the devices: none has
 * more than one request under way, and asks again as soon as it is answered.
 */
public final class Callers implements AutoCloseable {
  private final Fleet fleet;
  private final List<Caller> callers = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private final SingleWriterRecorder latencies = new SingleWriterRecorder(3);

  // Of the loop's thread only.
  private boolean leaving;
  private @Nullable Requests requests;

  /** Connects so many. */
  public Callers(Fleet fleet, SocketAddress to, int count, Duration atMost) {
    this.fleet = fleet;
    fleet.execute(
        () -> {
          try {
            for (int i = 0; i < count; i++) {
              callers.add(new Caller(this, i, fleet.loop(), to));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    if (!fleet.await(atMost, () -> open.get() == count)) {
      throw new IllegalStateException(
          "only %d of %d callers are connected".formatted(open.get(), count));
    }
  }

  /** What is asked from now on; each caller's request under way is finished. */
  public void ask(Requests next) {
    fleet.execute(
        () -> {
          requests = next;
          callers.forEach(Caller::ask);
        });
  }

  /** Asks nothing more, and waits until all is answered. */
  public void quiet(Duration atMost) {
    fleet.execute(() -> requests = null);
    awaitIdle(atMost);
  }

  /** Waits until all is answered and there is nothing more to ask for. */
  public void awaitIdle(Duration atMost) {
    if (!fleet.await(atMost, () -> fleet.ask(() -> callers.stream().noneMatch(Caller::isBusy)))) {
      throw new IllegalStateException(
          "requests are not answered after %d s".formatted(atMost.toSeconds()));
    }
  }

  /** Commands that are done since the beginning: carried out or queued, as was asked for. */
  public long done() {
    return done.get();
  }

  /** From request to answer in nanoseconds, since it was last asked. */
  public Histogram latencies() {
    return latencies.getIntervalHistogram();
  }

  @Override
  public void close() {
    int _ =
        fleet.ask(
            () -> {
              leaving = true;
              callers.forEach(Caller::end);
              return 0;
            });
  }

  // For callers, on the loop's thread.

  void connected() {
    open.incrementAndGet();
  }

  @Nullable Requests requests() {
    return requests;
  }

  void done(int commands, long nanos) {
    done.addAndGet(commands);
    latencies.recordValue(nanos);
  }

  void gone(String why) {
    if (!leaving) {
      throw new IllegalStateException("a caller's connection is gone: " + why);
    }
  }
}
