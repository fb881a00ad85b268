package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The handbook names every action of the audit log; {@link AuditWalkTest} holds that all are seen.
 */
class AuditActionsTest {
  private static final Pattern ACTION = Pattern.compile("`([a-z-]+\\.[a-z-]+)`");

  /** No request makes these. */
  private static final List<String> OF_THE_HUB_ITSELF =
      List.of("token.hand-over", "webhook.disable");

  /** A hub that is alone makes none of these; see ClusterTest. */
  private static final List<String> OF_SEVERAL_HUBS = List.of("node.drain", "node.resume");

  @Test
  void theHandbookNamesAllAndNoOther() throws IOException {
    String handbook = Files.readString(Path.of("../docs/OPERATIONS.md"));
    String section = handbook.split("### The audit log", 2)[1].split("\n#", 2)[0];
    List<String> named =
        section
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|", 3)[1])
            .flatMap(cell -> ACTION.matcher(cell).results().map((MatchResult m) -> m.group(1)))
            .toList();
    assertThat(named)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    AuditSteps.ALL.stream().map(AuditSteps.Step::action).distinct(),
                    Stream.concat(OF_THE_HUB_ITSELF.stream(), OF_SEVERAL_HUBS.stream()))
                .toList());
  }
}
