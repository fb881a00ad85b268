package io.mooring.e2e.chaos;

import io.mooring.e2e.device.Work;
import java.util.Random;

/**
 * One thing a caller does: a command, and what the caller does about it.
 *
 * @param device index of the device
 * @param millis how long the handler takes
 * @param ttlSeconds 0: the standard
 * @param waitSeconds how long the caller waits for the end; 0: not at all
 * @param twice whether the request is sent again after its answer
 * @param cancelAfter milliseconds until the caller cancels it; negative: never
 * @param retries whether a failure is tried again by a new command
 * @param looks whether the caller asks afterwards what became of it
 * @param pause milliseconds until the next
 */
record Choice(
    int device,
    Work work,
    int millis,
    int ttlSeconds,
    int waitSeconds,
    boolean twice,
    int cancelAfter,
    boolean retries,
    boolean looks,
    int pause) {

  /** Draws the next one. */
  static Choice next(Random random, int devices) {
    return new Choice(
        random.nextInt(devices),
        work(random.nextInt(100)),
        millis(random),
        of(random, 10) ? 1 + random.nextInt(4) : 0,
        of(random, 15) ? 1 + random.nextInt(5) : 0,
        of(random, 10),
        of(random, 10) ? random.nextInt(50) : -1,
        of(random, 50),
        of(random, 50),
        of(random, 30) ? random.nextInt(50) : 0);
  }

  /** A command that asks for nothing special. */
  static Choice plain(int device) {
    return new Choice(device, Work.SUCCEED, 0, 0, 0, false, -1, false, false, 0);
  }

  private static Work work(int percent) {
    if (percent < 55) {
      return Work.SUCCEED;
    }
    if (percent < 75) {
      return Work.REPEAT;
    }
    Work[] rare = {Work.BYTES, Work.FAIL, Work.THROW, Work.REJECT, Work.UNKNOWN};
    return rare[percent % rare.length];
  }

  /** Most are done at once; some take so long that something dies meanwhile. */
  private static int millis(Random random) {
    int percent = random.nextInt(100);
    return percent < 80
        ? random.nextInt(3)
        : percent < 96 ? 10 + random.nextInt(40) : 300 + random.nextInt(1200);
  }

  private static boolean of(Random random, int percent) {
    return random.nextInt(100) < percent;
  }
}
