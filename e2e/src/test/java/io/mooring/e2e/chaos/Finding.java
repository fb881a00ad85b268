package io.mooring.e2e.chaos;

/** A promise that was not kept. */
record Finding(Rule rule, String what) {
  @Override
  public String toString() {
    return rule + ": " + what;
  }
}
