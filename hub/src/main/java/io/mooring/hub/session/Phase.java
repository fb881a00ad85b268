package io.mooring.hub.session;

import io.mooring.hub.config.Limits;

/** Where a session is; it only ever moves down this list. */
enum Phase {
  /** Waits for Hello. */
  BEGUN,
  /** Hello is here; its epoch is on the way to the database. */
  OPENING,
  /** Welcome is sent. */
  OPEN,
  CLOSED;

  /** Largest message of a device: it learns the hub's own limit from Welcome. */
  int frameBytes(Limits limits) {
    return this == BEGUN || this == OPENING ? Limits.FIRST_FRAME_BYTES : limits.frameBytes();
  }
}
