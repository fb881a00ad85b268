package io.mooring.hub.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in docs/OPERATIONS.md is the table in the code. */
class SettingsDocumentTest {
  @Test
  void operationsDocumentHoldsTheTable() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "OPERATIONS.md"));
    assertThat(document)
        .as("docs/OPERATIONS.md must hold exactly this table:%n%s", table())
        .contains(table());
  }

  private static String table() {
    List<String> lines = new ArrayList<>();
    lines.add("| Setting | Default | Value | What it does |");
    lines.add("| --- | --- | --- | --- |");
    for (Setting<?> s : Settings.table()) {
      lines.add("| `%s` | %s | %s | %s |".formatted(s.key(), standard(s), s.type(), s.does()));
    }
    return String.join("\n", lines);
  }

  private static String standard(Setting<?> s) {
    return switch (s.key()) {
      case "node.name" -> "the machine's name";
      case "data.dir" -> "see below";
      default -> s.standard() == null ? "" : "`" + s.standard() + "`";
    };
  }
}
