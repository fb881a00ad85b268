package io.mooring.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
  @TempDir Path directory;

  @Test
  void theCommandLineGoesBeforeTheEnvironment() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "from-file\n");
    Map<String, String> environment =
        Map.of("MOORING_HUB", "ws://there", "MOORING_TOKEN", "from-environment");
    Options fromEnvironment = Options.parse(List.of(), environment);
    assertThat(fromEnvironment.hub()).isEqualTo(URI.create("ws://there"));
    assertThat(fromEnvironment.token()).isEqualTo("from-environment");
    assertThat(fromEnvironment.exitWithStdin()).isFalse();
    Options options =
        Options.parse(
            List.of("--exit-with-stdin", "--hub", "ws://here", "--token-file", file.toString()),
            environment);
    assertThat(options.hub()).isEqualTo(URI.create("ws://here"));
    assertThat(options.token()).isEqualTo("from-file");
    assertThat(fromEnvironment.tokenFile()).isNull();
    assertThat(options.tokenFile()).as("where the next token goes").isEqualTo(file);
    assertThat(options.exitWithStdin()).isTrue();
    assertThat(options.toString()).doesNotContain("from-file");
  }

  @Test
  void saysWhatIsMissingOrWrong() {
    assertUsage(List.of(), "--hub, or MOORING_HUB");
    assertUsage(List.of("--hub"), "--hub needs a value");
    assertUsage(List.of("--hub", "ws://here"), "--token-file, or MOORING_TOKEN");
    assertUsage(List.of("--hub", "not an address"), "is no address");
    assertUsage(List.of("--token", "secret"), "unknown argument --token");
    assertUsage(
        List.of("--hub", "ws://here", "--token-file", directory.resolve("none").toString()),
        "cannot read the token file");
  }

  private static void assertUsage(List<String> args, String message) {
    assertThatThrownBy(() -> Options.parse(args, Map.of()))
        .isInstanceOf(Options.UsageException.class)
        .hasMessageContaining(message);
  }
}
