package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.protocol.v1.CommandProgress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How far one running command is: the newest is sent, as often as the hub wants to hear it. Lives
 * on the loop, but for {@link #report}.
 */
final class ProgressReport implements CommandDesk.Reporter {
  private final ByteString id;
  private final EventLoop loop;
  private final CommandDesk desk;

  /** To be sent. While it is there somebody else has seen to that, and need not be called. */
  private final AtomicReference<@Nullable CommandProgress> newest = new AtomicReference<>();

  private @Nullable CommandProgress sent;
  private EventLoop.@Nullable Timer pause;
  private boolean ended;

  ProgressReport(ByteString id, EventLoop loop, CommandDesk desk) {
    this.id = id;
    this.loop = loop;
    this.desk = desk;
  }

  @Override
  public void report(int percent, String message) {
    CommandProgress said =
        CommandProgress.newBuilder().setId(id).setPercent(percent).setMessage(message).build();
    if (newest.getAndSet(said) == null) {
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              sendNewest();
            }
          });
    }
  }

  /** The hub has sent the command in a new session, and knows nothing of it. */
  void again() {
    if (sent != null) {
      newest.compareAndSet(null, sent);
    }
    sendNewest();
  }

  /** What comes now is too late. */
  void end() {
    ended = true;
    if (pause != null) {
      pause.cancel();
    }
  }

  private void sendNewest() {
    CommandProgress next = newest.get();
    if (next == null || ended || pause != null) {
      return;
    }
    Duration until = desk.sendProgress(next);
    if (until != null) {
      sent = next;
      newest.compareAndSet(next, null); // else there is a newer one, and its turn comes
      pause =
          loop.schedule(
              until,
              new Runnable() {
                @Override
                public void run() {
                  resume();
                }
              });
    }
  }

  private void resume() {
    pause = null;
    sendNewest();
  }
}
