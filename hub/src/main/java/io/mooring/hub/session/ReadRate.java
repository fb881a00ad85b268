package io.mooring.hub.session;

import io.mooring.hub.admission.TokenBucket;
import io.mooring.hub.config.Limits;
import io.mooring.hub.config.SocketLimits;
import io.mooring.hub.wire.CloseReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a device to its frames and bytes a second. Above them its socket is not read for as long as
 * it takes, so that TCP makes the device wait and nothing is lost; one that never rests for a
 * minute is sent away. Called by the thread that brings the frames.
 */
public final class ReadRate {
  /** What may come at one moment, in seconds of the rate. */
  private static final int BURST = 2;

  /** Runs a task once, after a time. */
  @FunctionalInterface
  public interface Later {
    void run(Runnable task, Duration after);
  }

  private final DeviceSession session;
  private final Sessions sessions;
  private final Later later;
  private final @Nullable TokenBucket frames;
  private final @Nullable TokenBucket bytes;

  /** Since when it has not rested; meaningless where it does not hurry. */
  private long hurriedAt;

  private boolean hurries;

  public ReadRate(DeviceSession session, Sessions sessions, Later later) {
    SocketLimits limits = sessions.config().limits().sockets();
    long now = sessions.ticks().getAsLong();
    this.session = session;
    this.sessions = sessions;
    this.later = later;
    this.frames = bucket(limits.deviceFrames(), now);
    this.bytes = bucket(limits.deviceBytes(), now);
  }

  private static @Nullable TokenBucket bucket(int perSecond, long now) {
    return perSecond == 0 ? null : new TokenBucket(perSecond, (double) BURST * perSecond, now);
  }

  /**
   * Counts what came. False: do not read on; the session resumes when it is time, or it has ended.
   *
   * @param isWhole a message or control frame ends here, which counts as one
   */
  public boolean mayReadOn(boolean isWhole, int size) {
    if (frames == null && bytes == null) {
      return true;
    }
    long now = sessions.ticks().getAsLong();
    long wait = isWhole && frames != null ? frames.spend(1, now) : 0;
    wait = Math.max(wait, bytes == null ? 0 : bytes.spend(size, now));
    if (wait == 0) {
      hurries = hurries && !(rested(frames, now) && rested(bytes, now));
      return true;
    }
    if (!hurries) {
      hurries = true;
      hurriedAt = now;
    } else if (now - hurriedAt >= Limits.RATE_PATIENCE.toNanos()) {
      String what = "above its frames or bytes a second for a minute";
      session.close(CloseReason.RATE_LIMITED, Duration.ofSeconds(30), what);
      return false;
    }
    sessions.metrics().rateHolds.inc();
    session.line().held();
    later.run(session::resume, Duration.ofNanos(wait));
    return false;
  }

  private static boolean rested(@Nullable TokenBucket bucket, long now) {
    return bucket == null || bucket.isRested(now);
  }
}
