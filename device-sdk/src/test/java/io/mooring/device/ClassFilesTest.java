package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is compiled into the SDK, where it costs memory on a small device. */
class ClassFilesTest {
  /**
   * The JVM makes a class of each lambda and each method reference when it first comes to it, and
   * on JDK 25 the forty on the way to a connection took 8 MB. An anonymous class is loaded as any
   * other, from an archive if there is one.
   */
  @Test
  void haveNoLambdas() throws IOException {
    assertThat(naming("java/lang/invoke/LambdaMetafactory")).isEmpty();
  }

  /** The same, for joined strings; see the pom. */
  @Test
  void joinStringsWithoutTheJvmsHelp() throws IOException {
    assertThat(naming("java/lang/invoke/StringConcatFactory")).isEmpty();
  }

  private static List<Path> naming(String text) throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("target/classes"))) {
      List<Path> classes = all.filter(path -> path.toString().endsWith(".class")).toList();
      assertThat(classes).hasSizeGreaterThan(100);
      return classes.stream().filter(path -> contains(path, text)).toList();
    }
  }

  private static boolean contains(Path path, String text) {
    try {
      return Files.readString(path, StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
