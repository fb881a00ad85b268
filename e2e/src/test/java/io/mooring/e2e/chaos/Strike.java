package io.mooring.e2e.chaos;

import java.time.Instant;

/**
 * A fault that has struck something that was there.
 *
 * @param several whether there are several hubs
 */
record Strike(Schedule.Kind kind, Instant at, boolean several) {
  /** Whether what a hub has sent a moment before may be forgotten by it. */
  boolean makesHubsForget() {
    return kind.makesHubsForget(several);
  }
}
