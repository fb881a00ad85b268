package io.mooring.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.hub.ops.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Walks the whole repository. */
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> SKIPPED =
      Set.of(".git", "target", "node_modules", "dist", "data", ".idea", ".vscode");

  @Test
  void everyFileIsTidy() throws IOException {
    List<String> problems = new ArrayList<>();
    List<Path> files = files();
    for (Path file : files) {
      String path = ROOT.relativize(file).toString().replace('\\', '/');
      problems.addAll(TidyRules.problems(path, read(file)));
    }
    assertThat(files).hasSizeGreaterThan(50);
    assertThat(problems).isEmpty();
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return SKIPPED.contains(dir.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** Bytes as Latin-1: pictures and other binary files are read too. */
  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  @Test
  void everyCloseCodeIsDocumented() throws IOException {
    Path closeReason = ROOT.resolve("hub/src/main/java/io/mooring/hub/wire/CloseReason.java");
    Path protocol = ROOT.resolve("protocol/PROTOCOL.md");
    assumeThat(Files.exists(closeReason)).isTrue();
    assertThat(TidyRules.undocumentedCloseCodes(read(closeReason), read(protocol))).isEmpty();
  }

  @Test
  void everyMetricIsDocumented() throws IOException {
    String document = read(ROOT.resolve("docs/OPERATIONS.md"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Metrics metrics = new Metrics();
    metrics.watch(Metrics.Source.NONE);
    metrics.watchCertificate(() -> 0, () -> false);
    metrics.write(out);
    List<String> names =
        out.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("# TYPE mooring_"))
            .map(line -> line.split(" ", -1)[2])
            .toList();
    assertThat(names).isNotEmpty();
    assertThat(names).allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
  }

  @Test
  void everyRuleCanFail() {
    String many = "\n".repeat(301);
    String method = "class A { void m() {" + "\n".repeat(60) + "} }";
    assertThat(TidyRules.problems("a/B.java", many))
        .singleElement()
        .asString()
        .contains("301 lines");
    assertThat(TidyRules.problems("a/b.css", many)).hasSize(1);
    assertThat(TidyRules.problems("a/B.java", method))
        .singleElement()
        .asString()
        .contains("61 lines");
    assertThat(TidyRules.problems("a/b.ts", "// " + "TO" + "DO: later")).hasSize(1);
    assertThat(TidyRules.problems("a/B.java", "@" + "Disabled class A {}")).hasSize(1);
    assertThat(TidyRules.problems("m/db/migration/V1__a.sql", "")).hasSize(1);
    assertThat(TidyRules.problems("m/db/migration/V001__a_b.sql", "")).isEmpty();
    assertThat(TidyRules.problems("a/B.java", "class A { void m() {} }")).isEmpty();
  }

  @Test
  void aMissingCloseCodeIsFound() {
    String source =
        "enum CloseReason { TOO_FAST(4008, X.Y), GONE(4009, X.Y); CloseReason(int c, X x) {} }";
    assertThat(TidyRules.undocumentedCloseCodes(source, "| 4008 | `too-fast` |"))
        .containsExactly("4009 gone");
  }
}
