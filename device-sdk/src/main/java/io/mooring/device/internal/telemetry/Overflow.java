package io.mooring.device.internal.telemetry;

/** What happens to a reading for which there is no room. */
public enum Overflow {
  /** The oldest batch that is not on its way makes room. */
  DROP_OLDEST,
  /** The reading itself is dropped. */
  DROP_NEWEST,
  /** The sender waits. */
  BLOCK
}
