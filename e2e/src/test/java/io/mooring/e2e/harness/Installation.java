package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Mooring as a user has it, without sources: {@code bin/hub} and the packaged jars. So the tests
 * run what was packaged, with the flags of {@code bin/hub}, and nothing is built meanwhile.
 */
public final class Installation {
  /** How a short-lived program ended, and what it printed. */
  public record Outcome(int code, String out, String err) {}

  private final Path root;
  private final Path home;

  /**
   * @param home made here
   */
  Installation(Path home) throws IOException {
    this.root = Path.of(System.getProperty("e2e.root", "..")).toAbsolutePath().normalize();
    this.home = home;
    Files.createDirectories(home.resolve("bin"));
    for (String script : List.of("hub", "find-jdk")) {
      Files.copy(
          root.resolve("bin").resolve(script),
          home.resolve("bin").resolve(script),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    for (String module : List.of("hub", "demo-device")) {
      Files.createDirectories(home.resolve(module));
      Files.createSymbolicLink(
          home.resolve(module).resolve("target"), root.resolve(module).resolve("target"));
    }
  }

  /** The repository. */
  public Path root() {
    return root;
  }

  /** A call of {@code bin/hub}, with no setting but these variables. */
  ProcessBuilder hub(Map<String, String> variables, String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/hub").toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = clean(command);
    builder.environment().put("MOORING_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(variables);
    return builder;
  }

  /** A Java program of this module. */
  ProcessBuilder program(Class<?> main, Map<String, String> variables, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = clean(command);
    builder.environment().putAll(variables);
    return builder;
  }

  /** Settings of whoever runs the tests must not reach what they start. */
  static ProcessBuilder clean(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MOORING_"));
    return builder;
  }

  /** A program that distributions put where not every user's PATH leads. */
  static String daemon(String name) {
    List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":", -1)));
    folders.addAll(List.of("/usr/sbin", "/usr/local/sbin"));
    return folders.stream()
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " here: bin/test installs it"))
        .toString();
  }

  /** Runs a short-lived program to its end. */
  static Outcome run(ProcessBuilder builder, Path out, Path err) {
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      return new Outcome(process.waitFor(), text(out), text(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
