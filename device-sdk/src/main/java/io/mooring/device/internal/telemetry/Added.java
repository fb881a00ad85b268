package io.mooring.device.internal.telemetry;

/** What became of a reading. */
public enum Added {
  /** It shares a batch that was open already. */
  JOINED,
  /** It opened a batch, which falls due after the linger time. */
  OPENED,
  /** It opened a batch, and the one before is full and can go. */
  SEALED,
  /** There was no room for it. */
  DROPPED
}
