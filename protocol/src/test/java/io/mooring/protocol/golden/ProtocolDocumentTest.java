package io.mooring.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PROTOCOL.md says the same as the code. */
class ProtocolDocumentTest {
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static String document = "";

  @BeforeAll
  static void read() throws IOException {
    document = Files.readString(Path.of("PROTOCOL.md"));
  }

  @Test
  void rulesAreNumberedOnceAndInOrder() {
    List<String> rules = find("\\*\\*(P-\\d+)\\*\\*", 1);

    assertThat(rules).hasSizeGreaterThan(50);
    assertThat(rules)
        .isEqualTo(IntStream.rangeClosed(1, rules.size()).mapToObj("P-%02d"::formatted).toList());
  }

  @Test
  void citedRulesExist() {
    List<String> rules = find("\\*\\*(P-\\d+)\\*\\*", 1);

    assertThat(rules).containsAll(find("(P-\\d+)", 1));
  }

  @Test
  void hexIsThatOfTheGoldenFrames() {
    Map<String, String> blocks =
        results("(?m)^```hex (\\S+)\\n([^`]*)^```$")
            .collect(Collectors.toMap(block -> block.group(1), block -> block.group(2)));

    assertThat(blocks).hasSize(find("```hex", 0).size()).hasSizeGreaterThan(12);
    blocks.forEach(
        (name, hex) ->
            assertThat(HexFormat.of().formatHex(GoldenFrames.parseHex(hex)))
                .as(name)
                .isEqualTo(HexFormat.of().formatHex(GoldenFrames.bytes(name))));
  }

  @Test
  void helloIsTakenApartByteByByte() {
    String block = find("(?m)^```text\\n(0a 1c [^`]*)^```$", 1).get(0);
    String hex =
        block
            .lines()
            .map(line -> Pattern.compile("^ *((?:[0-9a-f]{2})+ ?)+ {2,}").matcher(line))
            .peek(matcher -> assertThat(matcher.find()).isTrue())
            .map(MatchResult::group)
            .collect(Collectors.joining());

    assertThat(GoldenFrames.parseHex(hex)).isEqualTo(GoldenFrames.bytes("hello-one-stream"));
  }

  @Test
  void schemaIsThatOfTheProtoFile() throws IOException {
    Path proto = Path.of("src/main/protobuf/mooring/device/v1/device.proto");
    String schema = find("(?m)^```proto\\n([^`]*)^```$", 1).get(0);

    assertThat(schema.lines().filter(line -> !line.isBlank()))
        .containsExactlyElementsOf(
            Files.readAllLines(proto).stream()
                .filter(line -> !line.isBlank() && !line.strip().startsWith("//"))
                .filter(line -> !line.startsWith("option "))
                .toList());
  }

  @Test
  void closeCodesAreDistinctAndTheirRangeSaysWhatToDo() {
    List<MatchResult> rows =
        results("(?m)^\\| (\\d{4}) \\| ([a-z-]+) \\| [^|]+ \\| ([^|,]+)[^|]* \\|$").toList();

    assertThat(rows).hasSize(17);
    assertThat(rows).extracting(row -> row.group(1)).doesNotHaveDuplicates().isSorted();
    assertThat(rows).extracting(row -> row.group(2)).doesNotHaveDuplicates();
    for (MatchResult row : rows) {
      int code = Integer.parseInt(row.group(1));
      String next = code < 4200 ? "reconnect at once" : code < 4400 ? "back off" : "stay away";
      assertThat(row.group(3)).as("%d", code).isEqualTo(next);
    }
  }

  @Test
  void closeCodesInTheTextMatchTheTable() {
    List<String> table =
        results("(?m)^\\| (\\d{4}) \\| ([a-z-]+) \\|")
            .map(row -> row.group(2) + " " + row.group(1))
            .toList();
    List<String> text =
        results("`([a-z-]+)` \\((4\\d{3})\\)")
            .map(use -> use.group(1) + " " + use.group(2))
            .toList();

    assertThat(text).hasSizeGreaterThan(10);
    assertThat(table).containsAll(text);
  }

  @Test
  void exampleTokenHasItsChecksum() {
    String token = find("Bearer (mrd_\\w+)", 1).get(0);
    CRC32 crc = new CRC32();
    crc.update(token.substring(0, token.length() - 6).getBytes(StandardCharsets.US_ASCII));
    StringBuilder digits = new StringBuilder();
    long rest = crc.getValue();
    for (int i = 0; i < 6; i++) {
      digits.insert(0, BASE62.charAt((int) (rest % 62)));
      rest /= 62;
    }

    assertThat(token).matches("mrd_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}").endsWith(digits);
    assertThat(document).contains(Long.toString(crc.getValue()));
  }

  private static List<String> find(String regex, int group) {
    return results(regex).map(result -> result.group(group)).toList();
  }

  private static java.util.stream.Stream<MatchResult> results(String regex) {
    return Pattern.compile(regex).matcher(document).results();
  }
}
