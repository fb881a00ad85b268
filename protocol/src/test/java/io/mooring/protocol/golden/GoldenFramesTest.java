package io.mooring.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.HubFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated Java and the golden bytes agree, both ways. */
class GoldenFramesTest {
  private static final Set<String> WITH_UNKNOWN_PARTS =
      Set.of("hello-unknown-field", "device-unknown-body", "hub-unknown-body");

  @ParameterizedTest
  @MethodSource("deviceFrames")
  void deviceFrameIsWhatItsBytesSay(String name) throws IOException {
    DeviceFrame expected = DeviceSamples.named(name);
    byte[] golden = GoldenFrames.bytes(name);

    assertThat(DeviceFrame.parseFrom(golden)).isEqualTo(expected);
    assertThat(HexFormat.of().formatHex(expected.toByteArray()))
        .isEqualTo(HexFormat.of().formatHex(golden));
  }

  @ParameterizedTest
  @MethodSource("hubFrames")
  void hubFrameIsWhatItsBytesSay(String name) throws IOException {
    HubFrame expected = HubSamples.named(name);
    byte[] golden = GoldenFrames.bytes(name);

    assertThat(HubFrame.parseFrom(golden)).isEqualTo(expected);
    assertThat(HexFormat.of().formatHex(expected.toByteArray()))
        .isEqualTo(HexFormat.of().formatHex(golden));
  }

  @Test
  void everyBodyHasAGoldenFrame() {
    Set<DeviceFrame.BodyCase> device =
        DeviceSamples.BY_NAME.values().stream()
            .map(DeviceFrame::getBodyCase)
            .collect(Collectors.toSet());
    Set<HubFrame.BodyCase> hub =
        HubSamples.BY_NAME.values().stream().map(HubFrame::getBodyCase).collect(Collectors.toSet());

    assertThat(device).hasSize(DeviceFrame.BodyCase.values().length - 1);
    assertThat(hub).hasSize(HubFrame.BodyCase.values().length - 1);
  }

  @Test
  void everyGoldenFileIsCompared() throws IOException {
    Set<String> known = new TreeSet<>(WITH_UNKNOWN_PARTS);
    known.addAll(DeviceSamples.BY_NAME.keySet());
    known.addAll(HubSamples.BY_NAME.keySet());
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/golden"))) {
      Set<String> present =
          files
              .map(file -> file.getFileName().toString())
              .filter(file -> file.endsWith(".hex"))
              .map(file -> file.substring(0, file.length() - 4))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(present).isEqualTo(known);
    }
  }

  @Test
  void unknownFieldLeavesTheRestReadable() throws IOException {
    DeviceFrame frame = DeviceFrame.parseFrom(GoldenFrames.bytes("hello-unknown-field"));

    assertThat(frame.getHello().getAgent()).isEqualTo("example/1.0");
    assertThat(frame.getHello().getStreamsList())
        .isEqualTo(DeviceSamples.named("hello-one-stream").getHello().getStreamsList());
    assertThat(frame).isNotEqualTo(DeviceSamples.named("hello-one-stream"));
  }

  @Test
  void unknownBodyReadsAsNoBody() throws IOException {
    DeviceFrame device = DeviceFrame.parseFrom(GoldenFrames.bytes("device-unknown-body"));
    HubFrame hub = HubFrame.parseFrom(GoldenFrames.bytes("hub-unknown-body"));

    assertThat(device.getBodyCase()).isEqualTo(DeviceFrame.BodyCase.BODY_NOT_SET);
    assertThat(hub.getBodyCase()).isEqualTo(HubFrame.BodyCase.BODY_NOT_SET);
  }

  /** 12 bytes a value, the names included. */
  @Test
  void tenReadingsOfFiveNumbersStayWithinSixHundredBytes() {
    int layout = GoldenFrames.bytes("layout-five-numbers").length;
    int batch = GoldenFrames.bytes("telemetry-ten-readings").length;
    int values = DeviceSamples.named("telemetry-ten-readings").getTelemetry().getNumbersCount();

    assertThat(values).isEqualTo(10 * 5);
    assertThat(layout + batch).isLessThanOrEqualTo(12 * values);
  }

  @Test
  void missingFrameIsNamed() {
    assertThatThrownBy(() -> GoldenFrames.bytes("no-such-frame"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-such-frame");
  }

  static Set<String> deviceFrames() {
    return new TreeSet<>(DeviceSamples.BY_NAME.keySet());
  }

  static Set<String> hubFrames() {
    return new TreeSet<>(HubSamples.BY_NAME.keySet());
  }
}
