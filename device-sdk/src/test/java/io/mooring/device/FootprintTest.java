package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.footprint.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of real processes with the SDK, over that of a program that sleeps. It prints what it
 * finds; {@code -Dfootprint.jdks=/jdk-17:/jdk-25} measures with those instead of the JDK of the
 * tests. README.md has the figures.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FootprintTest {
  private static final List<String> PLAIN = List.of("-Xmx16m", "-XX:+UseSerialGC");

  /** Those README.md recommends. */
  private static final List<String> SMALL =
      List.of(
          "-Xmx16m",
          "-Xmn1m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:TrimNativeHeapInterval=2000");

  /** What the SDK promises with the small settings, and what it must not pass without them. */
  private static final int SMALL_KIB = 12 * 1024;

  private static final int PLAIN_KIB = 28 * 1024;

  private static final List<String> ON_THE_CLASS_PATH =
      List.of("device-sdk", "protocol", "protobuf-javalite", "Java-WebSocket", "slf4j-api");

  @TempDir Path folder;
  private String classPath = "";

  @BeforeEach
  void packageWhatIsNot() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      Path path = Path.of(entry);
      if (ON_THE_CLASS_PATH.stream().anyMatch(entry::contains)) {
        jars.add((Files.isDirectory(path) ? jar(path, jars.size()) : path).toString());
      }
    }
    classPath = String.join(":", jars);
  }

  @Test
  void staysWithinWhatIsPromised() throws Exception {
    String jdks = System.getProperty("footprint.jdks", System.getProperty("java.home"));
    try (HubServer hub = HubServer.started()) {
      for (String jdk : jdks.split(":", -1)) {
        Path archive = folder.resolve("archive" + Path.of(jdk).getFileName() + ".jsa");
        makeArchive(jdk, archive, hub);
        assertThat(most(jdk, PLAIN, List.of(), hub)).isLessThan(PLAIN_KIB);
        assertThat(most(jdk, SMALL, List.of("-XX:SharedArchiveFile=" + archive), hub))
            .isLessThan(SMALL_KIB);
      }
    }
  }

  /** How much more the largest with the SDK takes than the one without, in KiB. */
  private int most(String jdk, List<String> flags, List<String> more, HubServer hub)
      throws IOException, InterruptedException {
    List<Running> all = new ArrayList<>();
    try {
      all.add(start(jdk, flags, "empty"));
      List<String> withMore = new ArrayList<>(flags);
      withMore.addAll(more);
      String[] address = {hub.address().toString(), DeviceBuilderTest.TOKEN};
      all.add(start(jdk, withMore, "idle", address[0], address[1]));
      String store = Files.createTempDirectory(folder, "store").toString();
      all.add(start(jdk, withMore, "sending", address[0], address[1], store));
      for (Running program : all) {
        assertThat(program.out().readLine()).isEqualTo("ready");
      }
      int[] empty = memory(all.get(0));
      int most = 0;
      for (Running program : all) {
        int[] now = memory(program);
        most = Math.max(most, now[0] - empty[0]);
        System.err.printf(
            "%s %s %-7s resident %5d KiB (%+6d), proportional %5d (%+6d), anonymous %5d (%+6d)%n",
            Path.of(jdk).getFileName(),
            more.isEmpty() ? "plain" : "small",
            program.name(),
            now[0],
            now[0] - empty[0],
            now[1],
            now[1] - empty[1],
            now[2],
            now[2] - empty[2]);
      }
      return most;
    } finally {
      for (Running program : all) {
        program.process().destroyForcibly().waitFor();
      }
    }
  }

  private void makeArchive(String jdk, Path archive, HubServer hub)
      throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(SMALL);
    flags.add("-XX:ArchiveClassesAtExit=" + archive);
    Running training =
        start(
            jdk,
            flags,
            "sending",
            hub.address().toString(),
            DeviceBuilderTest.TOKEN,
            folder.resolve("training").toString());
    assertThat(training.out().readLine()).isEqualTo("ready");
    training.process().destroy();
    assertThat(training.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(archive).exists();
  }

  private Running start(String jdk, List<String> flags, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(jdk, "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, Program.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new Running(arguments[0], process, process.inputReader());
  }

  private record Running(String name, Process process, BufferedReader out) {}

  /** Resident (VmRSS), the share of it that is this process's (Pss), and what no file backs. */
  private static int[] memory(Running program) throws IOException {
    Path proc = Path.of("/proc", Long.toString(program.process().pid()));
    return new int[] {
      kib(proc.resolve("status"), "VmRSS:"),
      kib(proc.resolve("smaps_rollup"), "Pss:"),
      kib(proc.resolve("status"), "RssAnon:")
    };
  }

  private static int kib(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return Integer.parseInt(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(name + " is not in " + file);
  }

  /** Only jars can be in an archive of classes. */
  private Path jar(Path classes, int number) throws IOException {
    Path jar = folder.resolve("classes" + number + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      // The tests' own log is no part of a device.
      Stream<Path> files =
          all.filter(Files::isRegularFile).filter(path -> !path.toString().contains("META-INF"));
      for (Path path : files.sorted().toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
      }
    }
    return jar;
  }
}
