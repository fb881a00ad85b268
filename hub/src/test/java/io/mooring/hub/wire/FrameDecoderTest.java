package io.mooring.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.CommandReceived;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device's bytes mean, and that no bytes whatever make the decoder throw. */
class FrameDecoderTest {
  private static final List<String> GOLDEN =
      List.of(
          "hello-no-streams",
          "hello-one-stream",
          "hello-resuming",
          "hello-unknown-field",
          "layout-all-types",
          "layout-five-numbers",
          "telemetry-all-types",
          "telemetry-one-reading",
          "telemetry-ten-readings",
          "heartbeat",
          "command-received",
          "command-result-succeeded",
          "command-result-failed",
          "command-result-rejected",
          "device-unknown-body");

  private static final long HOUR_US = 3_600_000_000L;

  @Test
  void readsTheGoldenFrames() {
    assertThat(golden("hello-one-stream"))
        .isEqualTo(
            new Inbound.Hello(
                "example/1.0", List.of(new Inbound.Stream(0x1122334455667788L, 1, 1, 0, 0))));
    assertThat(golden("hello-unknown-field")).isEqualTo(golden("hello-one-stream"));
    assertThat(golden("layout-five-numbers"))
        .isEqualTo(
            new Inbound.Layout(
                1,
                java.util.stream.Stream.of(
                        "temperature", "pressure", "humidity", "voltage", "current")
                    .map(name -> new Inbound.Metric(name, io.mooring.hub.wire.ValueType.NUMBER))
                    .toList()));
    assertThat(golden("device-unknown-body")).isEqualTo(new Inbound.Malformed("no known body"));
    assertThat(golden("heartbeat"))
        .isEqualTo(
            new Inbound.Heartbeat(1_795_348_830_270_000L, 1_795_348_800_000_000L, 30_000_000));
  }

  @Test
  void readsABatchOfAllTypesColumnByColumn() {
    Inbound.Batch batch = (Inbound.Batch) golden("telemetry-all-types");
    assertThat(batch.seq()).isEqualTo(9);
    assertThat(batch.stream()).isEqualTo(1);
    assertThat(batch.layout()).isEqualTo(2);
    assertThat(batch.offsetsUs()).containsExactly(0, -500_000);
    assertThat(batch.numbers()).containsExactly(20.5, 20.75, 1013.25, 1013);
    assertThat(batch.integers()).containsExactly(41, -42);
    assertThat(batch.booleans()).containsExactly(true, false);
    assertThat(new String(batch.texts()[1], StandardCharsets.UTF_8)).isEqualTo("Ölstand niedrig");
    assertThat(batch.blobs()[0]).containsExactly(0, 255);
    assertThat(batch.blobs()[1]).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"succeeded", "failed", "rejected"})
  void readsResults(String outcome) {
    Inbound.CommandResult result = (Inbound.CommandResult) golden("command-result-" + outcome);
    assertThat(result.outcome().name()).isEqualToIgnoringCase(outcome);
    assertThat(result.id()).hasToString("019aab0f-3c00-7a11-8f00-5de1f00dcafe");
    assertThat(result.contentType()).isNotEmpty();
  }

  @Test
  void neverThrowsWhateverTheBytes() {
    long seed = 20_261_122;
    Random random = new Random(seed);
    List<byte[]> frames = GOLDEN.stream().map(GoldenFrames::bytes).toList();
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes;
      if (i % 3 == 0) {
        bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
      } else {
        bytes = mutate(frames.get(random.nextInt(frames.size())).clone(), random);
      }
      check(bytes, "seed " + seed + ", iteration " + i);
    }
  }

  @Test
  void neverThrowsWhereverTheFrameIsCut() {
    for (String name : GOLDEN) {
      byte[] whole = GoldenFrames.bytes(name);
      for (int length = 0; length < whole.length; length++) {
        check(Arrays.copyOf(whole, length), name + " cut at " + length);
      }
    }
  }

  /** A frame whose unknown fields are 100 000 groups, one within the other. */
  @Test
  void isNotBroughtDownByDepth() {
    byte[] groups = new byte[100_000];
    Arrays.fill(groups, (byte) ((9 << 3) | 3));
    check(groups, "nested groups");
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    int changes = 1 + random.nextInt(4);
    for (int c = 0; c < changes; c++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        default -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
      }
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static void check(byte[] bytes, String what) {
    try {
      assertThat(FrameDecoder.decode(ByteBuffer.wrap(bytes))).isNotNull();
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(what, e);
    }
  }

  static List<Arguments> malformed() {
    Hello hello = Hello.getDefaultInstance();
    Stream stream = Stream.newBuilder().setId(1).setFirstSeq(1).setNextSeq(1).build();
    Layout layout = Layout.newBuilder().setId(1).addMetrics(metric("a")).build();
    return List.of(
        bad("Hello.agent", frame(hello.toBuilder().setAgent("a".repeat(129)))),
        bad("Hello.agent", frame(hello.toBuilder().setAgent("ä".repeat(65)))),
        bad("Hello.agent", frame(hello.toBuilder().setAgent("a\0b"))),
        bad("Hello.streams", frame(hello.toBuilder().addAllStreams(streams(5)))),
        bad("Hello.streams", frame(hello.toBuilder().addStreams(stream).addStreams(stream))),
        bad("Hello.streams", frame(hello.toBuilder().addStreams(stream.toBuilder().setId(0)))),
        bad(
            "Hello.streams",
            frame(hello.toBuilder().addStreams(stream.toBuilder().setFirstSeq(0)))),
        bad(
            "Hello.streams",
            frame(hello.toBuilder().addStreams(stream.toBuilder().setFirstSeq(2)))),
        bad(
            "Hello.streams",
            frame(hello.toBuilder().addStreams(stream.toBuilder().setNextSeq(-1)))),
        bad(
            "oldest_time_us",
            frame(
                hello.toBuilder()
                    .addStreams(stream.toBuilder().setNextSeq(2).setOldestTimeUs(-1)))),
        bad("Layout.id", frame(layout.toBuilder().setId(0))),
        bad("Layout.id", frame(layout.toBuilder().setId(65_536))),
        bad("Layout.id", frame(layout.toBuilder().setId(-1))),
        bad("Layout.metrics", frame(Layout.newBuilder().setId(1))),
        bad("Layout.metrics", frame(layout.toBuilder().addMetrics(metric("a")))),
        bad("Layout.metrics", frame(metrics(257))),
        bad("Metric.name", frame(layout.toBuilder().addMetrics(metric("")))),
        bad("Metric.name", frame(layout.toBuilder().addMetrics(metric("a".repeat(65))))),
        bad("Metric.name", frame(layout.toBuilder().addMetrics(metric("ä")))),
        bad("Metric.name", frame(layout.toBuilder().addMetrics(metric("a\n")))),
        bad("Metric.type", frame(layout.toBuilder().addMetrics(Metric.newBuilder().setName("b")))),
        bad(
            "Metric.type",
            frame(layout.toBuilder().addMetrics(metric("b").toBuilder().setTypeValue(6)))));
  }

  static List<Arguments> malformedBatchesAndResults() {
    Telemetry ok = Telemetry.newBuilder().setSeq(1).setLayout(1).setTimeUs(1).build();
    CommandResult result =
        CommandResult.newBuilder()
            .setId(ByteString.copyFrom(new byte[16]))
            .setStatus(CommandStatus.COMMAND_STATUS_FAILED)
            .build();
    return List.of(
        bad("Telemetry.seq", frame(ok.toBuilder().setSeq(0))),
        bad("Telemetry.seq", frame(ok.toBuilder().setSeq(Long.MIN_VALUE))),
        bad("Telemetry.time_us", frame(ok.toBuilder().setTimeUs(-1))),
        bad("Telemetry.time_us", frame(ok.toBuilder().setTimeUs(253_402_300_800_000_000L))),
        bad("time_deltas_us", frame(ok.toBuilder().addTimeDeltasUs(-2))),
        bad("time_deltas_us", frame(ok.toBuilder().addTimeDeltasUs(HOUR_US + 1))),
        bad("time_deltas_us", frame(ok.toBuilder().addTimeDeltasUs(Long.MIN_VALUE))),
        bad("time_deltas_us", frame(ok.toBuilder().addTimeDeltasUs(Long.MAX_VALUE))),
        bad(
            "time_deltas_us",
            frame(
                ok.toBuilder()
                    .setTimeUs(9 * HOUR_US)
                    .addTimeDeltasUs(HOUR_US)
                    .addTimeDeltasUs(-HOUR_US - 1))),
        bad("Telemetry.texts", frame(ok.toBuilder().addTexts("a\0"))),
        bad(
            "16 bytes",
            DeviceFrame.newBuilder()
                .setCommandReceived(CommandReceived.getDefaultInstance())
                .build()),
        bad("16 bytes", frame(result.toBuilder().setId(ByteString.copyFrom(new byte[17])))),
        bad("message", frame(result.toBuilder().setMessage("m".repeat(1025)))),
        bad("message", frame(result.toBuilder().setMessage("\0"))),
        bad("content_type", frame(result.toBuilder().setContentType("c".repeat(129)))),
        bad("content_type", frame(result.toBuilder().setContentType("a/b\r\nX: y"))),
        bad("status", frame(result.toBuilder().clearStatus())),
        bad("status", frame(result.toBuilder().setStatusValue(9))));
  }

  @ParameterizedTest
  @MethodSource({"malformed", "malformedBatchesAndResults"})
  void refusesWhatTheDocumentRulesOut(String named, DeviceFrame frame) {
    Inbound inbound = FrameDecoder.decode(ByteBuffer.wrap(frame.toByteArray()));
    assertThat(inbound).isInstanceOf(Inbound.Malformed.class);
    assertThat(((Inbound.Malformed) inbound).why()).contains(named);
  }

  /** The hour of P-25 lies between the earliest and the latest reading, wherever the first is. */
  @Test
  void takesAnHourAndNotMore() {
    Telemetry.Builder batch = Telemetry.newBuilder().setSeq(1).setTimeUs(9 * HOUR_US);
    batch.addTimeDeltasUs(HOUR_US / 2).addTimeDeltasUs(-HOUR_US);
    assertThat(decode(frame(batch))).isInstanceOf(Inbound.Batch.class);
    batch.addTimeDeltasUs(-1);
    assertThat(decode(frame(batch))).isInstanceOf(Inbound.Malformed.class);
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[] frame = GoldenFrames.bytes("telemetry-all-types");
    int text = new String(frame, StandardCharsets.ISO_8859_1).indexOf("lstand");
    frame[text] = (byte) 0xff;
    assertThat(FrameDecoder.decode(ByteBuffer.wrap(frame))).isInstanceOf(Inbound.Malformed.class);
  }

  private static Inbound golden(String name) {
    return FrameDecoder.decode(ByteBuffer.wrap(GoldenFrames.bytes(name)));
  }

  private static Inbound decode(DeviceFrame frame) {
    return FrameDecoder.decode(ByteBuffer.wrap(frame.toByteArray()));
  }

  private static Arguments bad(String named, DeviceFrame frame) {
    return Arguments.of(named, frame);
  }

  private static Metric metric(String name) {
    return Metric.newBuilder().setName(name).setType(ValueType.VALUE_TYPE_NUMBER).build();
  }

  private static Layout.Builder metrics(int count) {
    Layout.Builder layout = Layout.newBuilder().setId(1);
    IntStream.range(0, count).forEach(i -> layout.addMetrics(metric("m" + i)));
    return layout;
  }

  private static List<Stream> streams(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> Stream.newBuilder().setId(i).setFirstSeq(1).setNextSeq(1).build())
        .toList();
  }

  private static DeviceFrame frame(Hello.Builder hello) {
    return DeviceFrame.newBuilder().setHello(hello).build();
  }

  private static DeviceFrame frame(Layout.Builder layout) {
    return DeviceFrame.newBuilder().setLayout(layout).build();
  }

  private static DeviceFrame frame(Telemetry.Builder batch) {
    return DeviceFrame.newBuilder().setTelemetry(batch).build();
  }

  private static DeviceFrame frame(CommandResult.Builder result) {
    return DeviceFrame.newBuilder().setCommandResult(result).build();
  }
}
