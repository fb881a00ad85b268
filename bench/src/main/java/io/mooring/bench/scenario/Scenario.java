package io.mooring.bench.scenario;

import io.mooring.bench.report.Result;

/** Something to measure. */
interface Scenario {
  String name();

  /** One line: what it does and what its floor is. */
  String about();

  /** Of a round's main phase, unless told otherwise. */
  default int usualSeconds() {
    return 30;
  }

  default int usualRounds() {
    return 3;
  }

  /** Whether it can be measured with several hubs on the database, too. */
  default boolean takesNodes() {
    return false;
  }

  Result measure(Run run);
}
