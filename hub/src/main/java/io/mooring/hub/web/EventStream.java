package io.mooring.hub.web;

import io.mooring.hub.event.Event;
import io.mooring.hub.event.EventFeed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * One open event stream. Events wait in a bounded queue; one write is under way at a time and takes
 * along all that waits, up to {@link #WRITE_BYTES}. When the queue is full the stream takes no
 * more, hands out what it holds and ends: the reader comes back with its Last-Event-ID and misses
 * nothing. Telemetry and progress, which are best effort, are left out earlier, from half a queue
 * or {@link #TELEMETRY_BYTES} on.
 */
final class EventStream extends IteratingCallback implements EventFeed.Subscriber {
  static final int WRITE_BYTES = 64 * 1024;
  static final int TELEMETRY_BYTES = 1024 * 1024;
  static final Duration QUIET = Duration.ofSeconds(15);
  static final Duration STUCK = Duration.ofSeconds(60);
  private static final byte[] COMMENT = ": \n\n".getBytes(StandardCharsets.US_ASCII);

  /** Where the stream goes. */
  record Line(Response response, Callback callback) {}

  private final Line line;
  private final Function<Event, byte[]> renderer;
  private final int backlog;
  private final EventApi.Wanted wanted;
  private final InstantSource clock;

  // All guarded by `waiting`.
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean ending;
  private boolean lastWritten;
  private boolean writing;
  private boolean over;
  private Instant lastWrite;
  private EventFeed.@Nullable Subscription subscription;
  private @Nullable Runnable afterwards;

  EventStream(
      Line line,
      Function<Event, byte[]> renderer,
      int backlog,
      EventApi.Wanted wanted,
      InstantSource clock) {
    this.line = line;
    this.renderer = renderer;
    this.backlog = backlog;
    this.wanted = wanted;
    this.clock = clock;
    this.lastWrite = clock.instant();
    // Tells the reader at once that the stream is open, and to come back after two seconds.
    add("retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Runs once when the stream is over, whichever way. */
  void whenOver(Runnable then) {
    synchronized (waiting) {
      afterwards = then;
    }
  }

  /** Writes from now on; the subscription ends with the stream. */
  void begin(EventFeed.Subscription own) {
    boolean tooLate;
    synchronized (waiting) {
      subscription = own;
      tooLate = ending || over;
    }
    if (tooLate) {
      own.close();
    }
    iterate();
  }

  @Override
  public void on(Event event) {
    boolean bestEffort = !(event instanceof Event.Durable);
    if (!wanted.types().contains(event.type())) {
      return;
    }
    byte[] text = renderer.apply(event);
    boolean full;
    synchronized (waiting) {
      if (ending || over) {
        return;
      }
      if (bestEffort && (waiting.size() >= backlog / 2 || waitingBytes >= TELEMETRY_BYTES)) {
        return;
      }
      full = waiting.size() >= backlog;
      if (!full) {
        add(text);
      }
    }
    if (full) {
      end();
    } else {
      iterate();
    }
  }

  /**
   * A quarter of the queue, once it is empty: beside it there is room for telemetry, which takes
   * half at most, and for what happens meanwhile.
   */
  @Override
  public int awaitRoom() {
    iterate();
    synchronized (waiting) {
      try {
        while (!ending && !over && (writing || !waiting.isEmpty())) {
          waiting.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
      return ending || over ? 0 : Math.max(1, backlog / 4);
    }
  }

  /** Takes nothing more, hands out what waits, and ends. May be called on the feed's thread. */
  void end() {
    EventFeed.Subscription own;
    synchronized (waiting) {
      ending = true;
      waiting.notifyAll();
      own = subscription;
    }
    if (own != null) {
      own.close();
    }
    iterate();
  }

  /** Keeps a quiet stream alive; cuts off a reader that has not read for a minute. */
  void care(Instant now) {
    boolean stuck;
    synchronized (waiting) {
      Duration quiet = Duration.between(lastWrite, now);
      stuck = writing && quiet.compareTo(STUCK) >= 0;
      if (!writing && !ending && waiting.isEmpty() && quiet.compareTo(QUIET) >= 0) {
        add(COMMENT);
      }
    }
    if (stuck) {
      abort(new TimeoutException("the reader has not read for " + STUCK));
    } else {
      iterate();
    }
  }

  @Override
  protected Action process() {
    ByteBuffer next;
    boolean last;
    synchronized (waiting) {
      if (lastWritten) {
        return Action.SUCCEEDED;
      }
      writing = !waiting.isEmpty() || ending;
      if (!writing) {
        waiting.notifyAll();
        return Action.IDLE;
      }
      next = take();
      last = ending && waiting.isEmpty();
      lastWritten = last;
      lastWrite = clock.instant();
    }
    line.response().write(last, next, this);
    return Action.SCHEDULED;
  }

  @Override
  protected void onSuccess() {
    synchronized (waiting) {
      writing = false;
    }
  }

  /** A write that is stuck ends only with its connection. */
  @Override
  protected void onAborted(Throwable cause) {
    line.response().getRequest().getConnectionMetaData().getConnection().getEndPoint().close(cause);
  }

  @Override
  protected void onCompleted(@Nullable Throwable failure) {
    EventFeed.Subscription own;
    Runnable then;
    synchronized (waiting) {
      over = true;
      waiting.clear();
      waiting.notifyAll();
      own = subscription;
      then = afterwards;
      afterwards = null;
    }
    if (own != null) {
      own.close();
    }
    if (then != null) {
      then.run();
    }
    if (failure == null) {
      line.callback().succeeded();
    } else {
      line.callback().failed(failure);
    }
  }

  private void add(byte[] text) {
    waiting.add(text);
    waitingBytes += text.length;
  }

  /** Takes at least one text where there is any, and as many more as fit one write. */
  private ByteBuffer take() {
    byte[] first = waiting.poll();
    if (first == null) {
      return BufferUtil.EMPTY_BUFFER;
    }
    Deque<byte[]> taken = new ArrayDeque<>();
    int bytes = 0;
    for (byte[] text = first; text != null; text = waiting.poll()) {
      taken.add(text);
      bytes += text.length;
      byte[] next = waiting.peek();
      if (next == null || bytes + next.length > WRITE_BYTES) {
        break;
      }
    }
    waitingBytes -= bytes;
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    taken.forEach(buffer::put);
    return buffer.flip();
  }
}
