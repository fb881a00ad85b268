package io.mooring.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A row that has slipped into another table, as by a merge, has another number of cells. */
class DocumentTablesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern CELL = Pattern.compile("(?<!\\\\)\\|");

  @Test
  void eachRowHasAsManyCellsAsItsTable() throws IOException {
    List<Path> documents;
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      documents =
          Stream.concat(
                  docs.filter(file -> file.toString().endsWith(".md")),
                  Stream.of(ROOT.resolve("README.md"), ROOT.resolve("protocol/PROTOCOL.md")))
              .toList();
    }
    assertThat(documents).hasSizeGreaterThan(5);
    for (Path document : documents) {
      long cells = 0;
      for (String line : Files.readAllLines(document)) {
        long own = line.startsWith("|") ? CELL.matcher(line).results().count() : 0;
        assertThat(own == 0 || cells == 0 || own == cells)
            .as("%s: %s", document.getFileName(), line)
            .isTrue();
        cells = own;
      }
    }
  }
}
