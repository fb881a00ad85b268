package io.mooring.e2e.chaos;

import java.time.Instant;

/** A fault that has struck something that was there. */
record Strike(Schedule.Kind kind, Instant at) {}
