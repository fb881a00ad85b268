package io.mooring.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Signals that Java cannot send. Those who have ended meanwhile need none. */
final class Signals {
  private Signals() {}

  static void send(String signal, List<ProcessHandle> to) {
    if (to.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    to.forEach(process -> command.add(Long.toString(process.pid())));
    try {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0 && to.stream().allMatch(ProcessHandle::isAlive)) {
        throw new IllegalStateException(command + " ended with " + code);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
