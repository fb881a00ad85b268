package io.mooring.hub.cli;

import java.io.PrintWriter;
import java.util.Map;

/** What a command sees of the process it runs in; tests give it another. */
record Surroundings(Map<String, String> env, PrintWriter out, PrintWriter err) {
  /** For progress: standard output belongs to answers. */
  void say(String line) {
    err.println(line);
    err.flush();
  }
}
