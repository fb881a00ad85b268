package io.mooring.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bin/find-jdk, with folders of make-believe JDKs: a program that answers {@code -version}. */
class FindJdkTest {
  private static final Path SCRIPT = Path.of("..", "bin", "find-jdk").toAbsolutePath().normalize();

  @TempDir Path dir;

  private record Outcome(int code, String output, String errors) {}

  @Test
  void namedHomesComeFirstInOrder() throws Exception {
    Path named = jdk("named", "25.0.1");
    Path javaHome = jdk("java-home", "26");
    Path onPath = jdk("on-path", "25");
    Path inFolder = jdk("folder/one", "27.0.3");
    Map<String, String> all =
        Map.of("MOORING_JAVA_HOME", named.toString(), "JAVA_HOME", javaHome.toString());
    assertThat(find(all, onPath).output()).isEqualTo(named.toString());
    assertThat(find(Map.of("JAVA_HOME", javaHome.toString()), onPath).output())
        .isEqualTo(javaHome.toString());
    assertThat(find(Map.of(), onPath).output()).isEqualTo(onPath.toString());
    assertThat(find(Map.of(), null).output()).isEqualTo(inFolder.toString());
  }

  @Test
  void olderOnesArePassedOverWithAWord() throws Exception {
    Path old = jdk("old", "17.0.9");
    Path ancient = jdk("ancient", "1.8.0_402");
    jdk("folder/a-21", "21.0.2");
    Path fit = jdk("folder/b-25", "25.0.3");
    Outcome outcome =
        find(Map.of("JAVA_HOME", old.toString(), "MOORING_JAVA_HOME", ancient.toString()), old);
    assertThat(outcome.output()).isEqualTo(fit.toString());
    assertThat(outcome.errors()).contains("JAVA_HOME is a JDK 17").contains("MOORING_JAVA_HOME");
  }

  @Test
  void saysHowToGetOneWhenThereIsNone() throws Exception {
    jdk("folder/old", "24.0.2");
    Outcome outcome = find(Map.of("JAVA_HOME", dir.resolve("nothing").toString()), null);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.errors()).contains("JDK 25 or newer").contains("adoptium.net");
  }

  @Test
  void theFileOfAJdkSparesAskingTheProgram() throws Exception {
    Path old = jdk("folder/a", "25.0.3");
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.2\"\n");
    Path fit = jdk("folder/b", "21.0.2");
    Files.writeString(fit.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    assertThat(find(Map.of(), null).output()).isEqualTo(fit.toString());

    Files.writeString(fit.resolve("release"), "JAVA_RUNTIME_VERSION=\"25\"\n");
    Path asked = jdk("folder/c", "26");
    assertThat(find(Map.of(), null).output()).isEqualTo(asked.toString());
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = dir.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    for (String program : new String[] {"java", "javac"}) {
      Path file = home.resolve("bin").resolve(program);
      Files.writeString(file, "#!/bin/sh\necho 'openjdk version \"" + version + "\"' >&2\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return home;
  }

  /** Nothing but the tools that the script calls is on the path beside the JDK given. */
  private Outcome find(Map<String, String> env, @Nullable Path onPath) throws Exception {
    Path tools = dir.resolve("tools");
    if (Files.notExists(tools)) {
      Files.createDirectory(tools);
      for (String tool : new String[] {"bash", "sed", "head", "cat", "dirname", "readlink"}) {
        Path real = Path.of("/usr/bin", tool);
        Files.createSymbolicLink(
            tools.resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
      }
    }
    ProcessBuilder builder =
        new ProcessBuilder(tools.resolve("bash").toString(), SCRIPT.toString());
    builder.environment().clear();
    builder.environment().put("HOME", dir.toString());
    builder.environment().put("PATH", (onPath == null ? "" : onPath + "/bin:") + tools);
    builder.environment().put("MOORING_JDK_FOLDERS", dir.resolve("folder").toString());
    builder.environment().putAll(env);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output.strip(), errors);
  }
}
