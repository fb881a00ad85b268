package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Another JVM, asked by {@code jcmd}. */
record Jvm(long pid) {
  /**
   * Bytes of all objects that live: those of the class histogram, which the JVM makes after a full
   * collection. Made twice, as what the first one only makes free (references, finished threads) is
   * gone in the second.
   */
  long liveHeapBytes() {
    String _ = ask("GC.class_histogram");
    String histogram = ask("GC.class_histogram");
    String total = histogram.lines().filter(line -> line.startsWith("Total")).toList().getFirst();
    return Long.parseLong(total.strip().split(" +", -1)[2]);
  }

  void startRecording() {
    String _ = ask("JFR.start", "name=bench", "settings=profile");
  }

  void dumpRecording(Path file) {
    String _ = ask("JFR.stop", "name=bench", "filename=" + file.toAbsolutePath());
  }

  /** The flags it was started with, as far as another program may have them too. */
  List<String> flags() {
    List<String> flags = new ArrayList<>();
    String[] arguments =
        ProcessHandle.of(pid)
            .flatMap(process -> process.info().arguments())
            .orElseThrow(() -> new IllegalStateException("cannot see the flags of the hub"));
    for (String argument : arguments) {
      if (argument.equals("-cp") || argument.equals("-classpath")) {
        break;
      }
      // An AOT cache belongs to one class path, and properties to one program.
      if (!argument.startsWith("-XX:AOT") && !argument.startsWith("-D")) {
        flags.add(argument);
      }
    }
    return flags;
  }

  private String ask(String... question) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(pid));
    command.addAll(Arrays.asList(question));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + answer.strip());
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
