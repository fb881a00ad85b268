package io.mooring.hub.session;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How often each device has come lately: one on a bad line comes and goes, and two that share a
 * token replace each other for ever. Both are told of in the device's events, in the log and in
 * metrics, and slowed down. Safe for all threads; holds one entry for each device that came within
 * the last {@link #WINDOW}.
 */
public final class Returns {
  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Sessions within the window from which on a device is said to come and go. */
  static final int FLAPPING = 10;

  /** From which on it is told to wait. */
  static final int TOO_MANY = 60;

  /** Times that one of two took the session back from the other. */
  static final int CONTESTED = 2;

  /** How long one that comes too often is to stay away. */
  static final Duration TOO_MANY_PAUSE = Duration.ofSeconds(10);

  private static final Duration REPLACED_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /**
   * What is known of a device.
   *
   * @param began when its window began, by the clock that never jumps
   * @param who by what it was told from others the last time
   * @param before and the time before, where that was another
   */
  private record Seen(long began, int sessions, int swings, long who, long before) {
    Seen next(long newcomer, boolean replaces) {
      if (newcomer == who) {
        return new Seen(began, sessions + 1, swings, who, before);
      }
      int more = replaces && newcomer == before ? 1 : 0;
      return new Seen(began, sessions + 1, swings + more, newcomer, who);
    }
  }

  /**
   * How a device stands.
   *
   * @param sessions within the window, with this one
   * @param swings how often one of two took the session back from the other
   */
  record Standing(int sessions, int swings) {
    boolean isFlapping() {
      return sessions >= FLAPPING;
    }

    boolean isContested() {
      return swings >= CONTESTED;
    }

    boolean comesTooOften() {
      return sessions > TOO_MANY;
    }

    /** Whether it has become so with this session. */
    boolean isNews() {
      return sessions == FLAPPING || swings == CONTESTED;
    }

    /** Whether a session that comes too often has a line in the log: one of a thousand. */
    boolean isToldOf() {
      return sessions % 1_000 == TOO_MANY + 1;
    }

    /** For the event of the session; empty where nothing is to be said. */
    String remark() {
      if (isContested()) {
        return "; two devices seem to use its token in turns, " + swings + " times lately";
      }
      String minutes = " within " + WINDOW.toMinutes() + " minutes";
      return isFlapping() ? "; its session number " + sessions + minutes : "";
    }
  }

  private final LongSupplier ticks;
  private final Map<Integer, Seen> devices = new ConcurrentHashMap<>();

  /**
   * @param ticks a clock that never jumps, in nanoseconds
   */
  public Returns(LongSupplier ticks) {
    this.ticks = ticks;
  }

  /**
   * A device says Hello.
   *
   * @param who tells it from another one with the same token, as well as can be
   * @param replaces whether a session of the device is live
   */
  Standing came(int deviceKey, long who, boolean replaces) {
    long now = ticks.getAsLong();
    Seen seen =
        devices.compute(
            deviceKey,
            (key, there) ->
                there == null || isOver(there, now)
                    ? new Seen(now, 1, 0, who, who)
                    : there.next(who, replaces));
    return new Standing(seen.sessions(), seen.swings());
  }

  /** How long a device whose session was taken over is to stay away. */
  Duration replacedPause(int deviceKey) {
    Seen seen = devices.get(deviceKey);
    int swings = seen == null ? 0 : Math.min(seen.swings(), 10);
    Duration pause = REPLACED_PAUSE.multipliedBy(1L << swings);
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** Forgets those that have not come for long. Called every minute or so. */
  public void sweep() {
    long now = ticks.getAsLong();
    devices.values().removeIf(seen -> isOver(seen, now));
  }

  /** How many devices it remembers. */
  int size() {
    return devices.size();
  }

  private static boolean isOver(Seen seen, long now) {
    return now - seen.began() > WINDOW.toNanos();
  }
}
