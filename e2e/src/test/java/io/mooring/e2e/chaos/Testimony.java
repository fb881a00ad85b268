package io.mooring.e2e.chaos;

import io.mooring.e2e.device.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the handlers of a device have written down, over all its processes. */
record Testimony(String device, List<Run> runs) {
  /**
   * One call of a handler, in their order.
   *
   * @param process which of the device's processes, counted from 1
   * @param ended whether the handler came to its end
   * @param cutOff whether the process has ended since, by a kill
   */
  record Run(String command, Work work, String run, int process, boolean ended, boolean cutOff) {}

  static Testimony of(Witness device) {
    Map<String, Run> runs = new LinkedHashMap<>();
    List<String> lines = lines(device.testimony());
    int process = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String[] words = line.split(" ", -1);
      boolean whole = words.length == (words[0].equals("start") ? 2 : 4);
      // A kill may have torn the last line of a process.
      boolean last = i + 1 == lines.size() || lines.get(i + 1).startsWith("start ");
      if (!whole && !last) {
        throw new IllegalStateException(device.testimony() + ": '" + line + "'");
      } else if (whole && words[0].equals("start")) {
        process++;
        runs.replaceAll((_, run) -> with(run, run.ended(), true));
      } else if (whole && words[0].equals("begin")) {
        Work work = Work.of(words[2]);
        runs.put(words[3], new Run(words[1], work, words[3], process, false, false));
      } else if (whole) {
        runs.computeIfPresent(words[3], (_, run) -> with(run, true, run.cutOff()));
      }
    }
    return new Testimony(device.id(), new ArrayList<>(runs.values()));
  }

  private static Run with(Run run, boolean ended, boolean cutOff) {
    return new Run(run.command(), run.work(), run.run(), run.process(), ended, cutOff);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().filter(line -> !line.isEmpty()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
