package io.mooring.bench.scenario;

import io.mooring.bench.report.Result;

/** Something to measure. */
interface Scenario {
  String name();

  /** One line: what it does and what its floor is. */
  String about();

  Result measure(Run run);
}
