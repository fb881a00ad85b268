package io.mooring.bench.past;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Devices that have a past.
 *
 * @param layout the layout of their readings
 * @param small keys of those that sent one reading a message
 * @param batched keys of those that sent 20
 */
public record PastDevices(int layout, List<Integer> small, List<Integer> batched) {
  /** A device: its key, and the id that the API knows it by. */
  public record One(int key, String id) {}

  /** Any of those that sent one reading a message. */
  public One anySmall(RandomGenerator random) {
    return one(small, 1, random);
  }

  /** Any of those that sent 20. */
  public One anyBatched(RandomGenerator random) {
    return one(batched, 1 + small.size(), random);
  }

  private static One one(List<Integer> keys, int firstNumber, RandomGenerator random) {
    int at = random.nextInt(keys.size());
    return new One(keys.get(at), "bench-" + (firstNumber + at));
  }
}
