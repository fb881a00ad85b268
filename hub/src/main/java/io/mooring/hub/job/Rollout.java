package io.mooring.hub.job;

import io.mooring.hub.command.JobCounts;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast a job reaches its devices.
 *
 * @param waveSize devices in a wave; null: see {@code wavePercent}
 * @param wavePercent the same as a part of all, rounded up; both null: no waves
 * @param waveInterval from the beginning of a wave to that of the next; null: the next begins when
 *     all devices of this one have ended
 * @param perSecond most devices released in a second; null: any number
 * @param maxInFlight most devices released and not ended
 */
public record Rollout(
    @Nullable Integer waveSize,
    @Nullable Integer wavePercent,
    @Nullable Duration waveInterval,
    @Nullable Integer perSecond,
    int maxInFlight) {

  public boolean hasWaves() {
    return waveSize != null || wavePercent != null;
  }

  private int sizeOfWave(int total) {
    if (waveSize != null) {
      return waveSize;
    }
    return wavePercent == null ? total : (int) ((total * (long) wavePercent + 99) / 100);
  }

  /** How many waves there will be. */
  public int waves(int total) {
    int size = sizeOfWave(total);
    return (int) ((total + (long) size - 1) / size);
  }

  /** The last place of a wave, from 1; 0: before the first. */
  int lastPlace(int wave, int total) {
    return hasWaves() ? (int) Math.min(total, (long) wave * sizeOfWave(total)) : total;
  }

  /** Whether all devices up to a wave have been released or passed over. */
  public boolean isReleased(JobCounts counts, int wave) {
    return counts.total() - counts.waiting() >= lastPlace(wave, counts.total());
  }

  /**
   * Whether the next wave is to begin.
   *
   * @param wave the one that began last; 0: none
   * @param beganAt when; null: none did
   */
  boolean isWaveDue(JobCounts counts, int wave, @Nullable Instant beganAt, Instant now) {
    int total = counts.total();
    int last = lastPlace(wave, total);
    if (!hasWaves() || last >= total) {
      return false;
    }
    if (beganAt == null) {
      return true;
    }
    return waveInterval == null
        ? counts.ended() + counts.of(JobCounts.State.SKIPPED) >= last
        : !now.isBefore(beganAt.plus(waveInterval));
  }
}
