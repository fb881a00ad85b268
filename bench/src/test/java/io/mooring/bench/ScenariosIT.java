package io.mooring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.bench.report.Console;
import io.mooring.bench.report.Result;
import io.mooring.bench.scenario.Options;
import io.mooring.bench.scenario.Scenarios;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each scenario with few devices for a second, on real parts: what it measures is there. */
class ScenariosIT {
  private static final PrintWriter OUT = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  @TempDir static Path home;

  /**
   * {@code bin/hub} and the packaged jars without sources, as e2e has them: nothing is built
   * meanwhile.
   */
  @BeforeAll
  static void install() throws IOException {
    Path root = Path.of(System.getProperty("bench.root", "..")).toAbsolutePath().normalize();
    Files.createDirectories(home.resolve("bin"));
    for (String script : Set.of("hub", "find-jdk")) {
      Files.copy(
          root.resolve("bin").resolve(script),
          home.resolve("bin").resolve(script),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.createDirectories(home.resolve("hub"));
    Files.createSymbolicLink(home.resolve("hub/target"), root.resolve("hub/target"));
  }

  @ParameterizedTest
  @CsvSource({
    "ingest,       20, valuesPerSecond ackP50Ms ackP99Ms",
    "ingest-small, 20, framesPerSecond ackP50Ms ackP99Ms",
    // Resident memory of so few devices is lost in the noise of an empty process.
    "connections,  200, liveHeapBytes",
    "storm,        200, devicesPerSecond",
    "startup,      0, readyMs residentBytes",
    "chart,        4, bucketsP50Ms smallBucketsP50Ms latestP50Ms pageP99Ms nextPageP99Ms",
    "scale,        100, cpuUsPerMessage cpuUsPerMessage1 postgresUsPerMessage10 ackP99Ms100",
    "soak,         20, liveHeapBytes liveHeapSampleBytes residentLoadedBytes",
  })
  void aScenarioMeasuresWhatItPromises(String name, int devices, String keys) throws IOException {
    Path file = home.resolve(name + ".json");
    Options options = new Options(home.resolve("bin/hub"), 1, 1, devices, 1, null);
    Result result = Scenarios.measure(name, options, new Console(OUT, false));
    result.write(file);

    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.get("scenario").asString()).isEqualTo(name);
    for (String key : keys.split(" ", -1)) {
      assertThat(json.get("hub").path(key).asDouble()).as("hub %s", key).isPositive();
    }
    String first = keys.split(" ", -1)[0];
    assertThat(json.get("floor").path(first).asDouble()).as("floor %s", first).isPositive();
    assertThat(json.get("ratios").path(first).asDouble()).as("ratio of %s", first).isPositive();
    assertThat(json.get("ratio").isNumber()).isTrue();
    // A hub that loses what it acknowledged, or a device that stays out, shows here.
    assertThat(json.get("hub").path("missing").asDouble()).isZero();
    assertThat(json.get("hub").has("residentBytes"))
        .isEqualTo(name.equals("connections") || name.equals("startup"));
    assertThat(result.table()).contains("Ratio of " + name);
  }

  /** It has no floor, and fails by itself when the setting is exceeded. */
  @Test
  void aDrainedFleetComesBack() throws IOException {
    Path file = home.resolve("storm-drain.json");
    Options options = new Options(home.resolve("bin/hub"), 1, 1, 50, 1, null);
    Result result = Scenarios.measure("storm-drain", options, new Console(OUT, false));
    result.write(file);

    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.get("hub").path("backP99Ms").asDouble()).isPositive();
    assertThat(json.has("ratio")).isFalse();
    assertThat(result.table()).contains("most handshakes within a second");
  }

  @Test
  void helpNamesEveryScenario() {
    assertThat(Scenarios.lines().keySet())
        .containsExactly(
            "ingest",
            "ingest-small",
            "connections",
            "storm",
            "storm-drain",
            "commands",
            "drain",
            "startup",
            "chart",
            "scale",
            "soak");
    assertThat(Main.run("--help")).isZero();
    assertThat(Main.run("unheard-of")).isEqualTo(2);
    assertThat(Main.run("ingest", "--devices", "20000")).isEqualTo(2);
    assertThat(Main.run("storm", "--nodes", "2")).isEqualTo(2);
    assertThat(Main.run("ingest", "--nodes", "3")).isEqualTo(2);
  }
}
