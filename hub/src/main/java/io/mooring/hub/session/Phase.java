package io.mooring.hub.session;

/** Where a session is; it only ever moves down this list. */
enum Phase {
  /** Waits for Hello. */
  BEGUN,
  /** Hello is here; its epoch is on the way to the database. */
  OPENING,
  /** Welcome is sent. */
  OPEN,
  CLOSED
}
