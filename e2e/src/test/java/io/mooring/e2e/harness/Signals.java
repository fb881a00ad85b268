package io.mooring.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals that Java cannot send. */
final class Signals {
  private Signals() {}

  static void send(String signal, List<ProcessHandle> to) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    to.forEach(process -> command.add(Long.toString(process.pid())));
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
