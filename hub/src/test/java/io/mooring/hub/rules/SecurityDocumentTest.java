package io.mooring.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The threat model names a test in each of its lines, and all of them exist. */
class SecurityDocumentTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`");

  @Test
  void eachLineNamesATestThatExists() throws IOException {
    Set<String> there = new TreeSet<>();
    for (String module : new String[] {"hub", "e2e", "device-sdk", "protocol"}) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test"))) {
        there.addAll(
            files
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet()));
      }
    }
    int lines = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/SECURITY.md"))) {
      boolean row =
          line.startsWith("| ") && !line.startsWith("| ---") && !line.endsWith("| Test |");
      Matcher named = TEST.matcher(line);
      assertThat(row && !named.find()).as("a line without a test: %s", line).isFalse();
      named.reset().results().forEach(test -> assertThat(there).contains(test.group(1)));
      lines += row ? 1 : 0;
    }
    assertThat(lines).isGreaterThan(20);
  }
}
