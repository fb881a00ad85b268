package io.mooring.bench.load;

/** What a fleet sends, beside its heartbeats. */
public sealed interface Load {
  /** Heartbeats only. */
  record Idle() implements Load {}

  /**
   * Each device keeps batches under way all the time: as many as it may, the next one as soon as
   * one is acknowledged.
   *
   * @param inFlight batches of each device
   */
  record Saturating(int inFlight) implements Load {}

  /**
   * One batch after the other at even distances, of one device after the other, whether the hub
   * keeps up or not.
   *
   * @param perSecond batches of all devices together
   */
  record Paced(double perSecond) implements Load {}
}
