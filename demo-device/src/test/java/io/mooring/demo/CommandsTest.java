package io.mooring.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.device.Command;
import io.mooring.device.CommandHandler;
import io.mooring.device.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {
  private final List<Duration> intervals = new ArrayList<>();
  private final Commands commands =
      new Commands(
          new Machine(Path.of("/"), System::nanoTime),
          intervals::add,
          InstantSource.fixed(Instant.parse("2026-11-22T10:00:00Z")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":[1,2]} | {"time":"2026-11-22T10:00:00Z","payload":{"a":[1,2]}}
          hello       | {"time":"2026-11-22T10:00:00Z","payload":"hello"}
          1 2         | {"time":"2026-11-22T10:00:00Z","payload":"1 2"}
          {"a":       | {"time":"2026-11-22T10:00:00Z","payload":"{\\"a\\":"}
          ``          | {"time":"2026-11-22T10:00:00Z","payload":null}
          """)
  void pingEchoesWhateverItGets(String payload, String answer) throws Exception {
    assertThat(run("ping", payload)).startsWith("SUCCEEDED").endsWith(answer);
  }

  @Test
  void setIntervalChangesTheInterval() throws Exception {
    assertThat(run("set-interval", "{\"seconds\":0.25}")).isEqualTo("SUCCEEDED {\"seconds\":0.25}");
    assertThat(intervals).containsExactly(Duration.ofMillis(250));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          set-interval  | {}                 | 'seconds' is missing
          set-interval  | {"seconds":0.05}   | 'seconds' must be 0.1 to 3600.0, not 0.05
          set-interval  | {"seconds":3601}   | must be 0.1 to 3600.0
          set-interval  | {"seconds":"1"}    | 'seconds' must be a number
          set-interval  | {"second":1}       | unknown field 'second'; known: seconds
          set-interval  | [1]                | must be a JSON object
          set-interval  | {"seconds":1} x    | not JSON
          set-interval  | {"seconds":1} {}   | goes on after its JSON object
          set-interval  | {"seconds":        | not JSON
          top-processes | {"count":0}        | 'count' must be 1.0 to 50.0
          top-processes | {"count":1.5}      | must be a whole number
          sleep         | {"seconds":61}     | must be 0.0 to 60.0
          sleep         | {"seconds":-1}     | must be 0.0 to 60.0
          system-info   | {"x":1}            | unknown field 'x'
          """)
  void anUnusablePayloadIsRejectedWithAReason(String name, String payload, String reason)
      throws Exception {
    assertThat(run(name, payload)).startsWith("REJECTED").contains(reason);
    assertThat(intervals).isEmpty();
  }

  @Test
  void topProcessesListsAsManyAsAsked() throws Exception {
    String one = run("top-processes", "{\"count\":1}");
    assertThat(one).startsWith("SUCCEEDED {\"processes\":[{\"pid\":");
    assertThat(one.split("\"pid\"", -1)).hasSize(2);
    assertThat(run("top-processes", "")).startsWith("SUCCEEDED {\"processes\":[");
  }

  @Test
  void systemInfoDescribesTheMachine() throws Exception {
    assertThat(run("system-info", ""))
        .contains("\"os\":\"" + System.getProperty("os.name") + "\"")
        .contains("\"processors\":" + Runtime.getRuntime().availableProcessors());
  }

  @Test
  void sleepSleepsAndFailFails() throws Exception {
    assertThat(run("sleep", "{\"seconds\":0}")).isEqualTo("SUCCEEDED {\"slept\":0.0}");
    assertThat(run("fail", "")).startsWith("FAILED").contains("always fails");
  }

  /** Status, and payload or message. */
  private String run(String name, String payload) throws Exception {
    CommandHandler handler = Objects.requireNonNull(commands.all().get(name));
    var result =
        handler.handle(
            new Command(
                new UUID(0, 1),
                name,
                "application/json",
                payload.getBytes(StandardCharsets.UTF_8),
                1,
                null,
                Progress.NONE));
    String text = new String(result.payload(), StandardCharsets.UTF_8);
    return result.status() + " " + (text.isEmpty() ? result.message() : text);
  }
}
