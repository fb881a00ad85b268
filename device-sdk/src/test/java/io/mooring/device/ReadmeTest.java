package io.mooring.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final String FENCE = "```";

  @Test
  void theReadmeShowsTheExampleThatIsCompiled() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int start = readme.indexOf(FENCE + "java\n") + FENCE.length() + "java\n".length();
    String shown = readme.substring(start, readme.indexOf(FENCE, start));
    String compiled =
        Files.readString(Path.of("src/test/java/io/mooring/device/example/Example.java"));
    String body = compiled.substring(compiled.indexOf("import "));
    assertThat(shown).isEqualTo(body);
    assertThat(shown.lines().filter(line -> !line.startsWith("import") && !line.isBlank()))
        .hasSizeLessThanOrEqualTo(20);
  }
}
