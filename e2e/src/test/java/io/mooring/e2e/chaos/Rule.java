package io.mooring.e2e.chaos;

/** What must hold whatever dies. */
enum Rule {
  /** Every accepted command has exactly one end, reached by legal steps. */
  ENDS,
  /** Every handler ran at most once per command, unless it says that it may run again. */
  ONCE,
  /** Handlers begin in the order of acceptance. */
  ORDER,
  /** What is cancelled before it was sent is not carried out. */
  CANCELLED,
  /** What callers were told, the table, and the devices' journals tell the same. */
  AGREEMENT,
  /** Who is connected is said to be, and has one session. */
  PRESENCE,
  /** Nothing ends by itself or answers what it should not. */
  HEALTH
}
