package io.mooring.protocol.golden;

import static io.mooring.protocol.golden.HubSamples.COMMAND_ID;
import static io.mooring.protocol.golden.HubSamples.HUB_TIME_US;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandProgress;
import io.mooring.protocol.v1.CommandReceived;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Hello;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.NextTokenStored;
import io.mooring.protocol.v1.Stream;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What the golden frames of a device must say, built by hand. */
final class DeviceSamples {
  static final Map<String, DeviceFrame> BY_NAME =
      Map.ofEntries(
          Map.entry("hello-no-streams", hello()),
          Map.entry("hello-takes-next-token", takesNextToken()),
          Map.entry("hello-one-stream", hello(newStream())),
          Map.entry("hello-resuming", hello(heldStream(), emptyStream())),
          Map.entry("layout-five-numbers", fiveNumbers()),
          Map.entry("layout-all-types", allTypesLayout()),
          Map.entry("telemetry-one-reading", oneReading()),
          Map.entry("telemetry-ten-readings", tenReadings()),
          Map.entry("telemetry-all-types", allTypesBatch()),
          Map.entry("heartbeat", heartbeat()),
          Map.entry("command-received", received()),
          Map.entry("command-result-succeeded", succeeded()),
          Map.entry("command-result-failed", failed()),
          Map.entry("command-result-rejected", rejected()),
          Map.entry("command-progress", progress()),
          Map.entry("next-token-stored", nextTokenStored()));

  private DeviceSamples() {}

  static DeviceFrame named(String name) {
    return Objects.requireNonNull(BY_NAME.get(name), name);
  }

  private static DeviceFrame hello(Stream... streams) {
    Hello.Builder hello = Hello.newBuilder().setAgent("example/1.0");
    return DeviceFrame.newBuilder().setHello(hello.addAllStreams(List.of(streams))).build();
  }

  private static Stream newStream() {
    return Stream.newBuilder().setId(0x1122334455667788L).setFirstSeq(1).setNextSeq(1).build();
  }

  private static Stream heldStream() {
    return Stream.newBuilder()
        .setId(0x1122334455667788L)
        .setFirstSeq(40)
        .setNextSeq(43)
        .setOldestTimeUs(HUB_TIME_US - 3_600_000_000L)
        .setDroppedReadings(7)
        .build();
  }

  private static Stream emptyStream() {
    return Stream.newBuilder().setId(0xFEDCBA9876543210L).setFirstSeq(9).setNextSeq(9).build();
  }

  private static DeviceFrame fiveNumbers() {
    Layout.Builder layout = Layout.newBuilder().setId(1);
    for (String name : List.of("temperature", "pressure", "humidity", "voltage", "current")) {
      layout.addMetrics(metric(name, ValueType.VALUE_TYPE_NUMBER));
    }
    return DeviceFrame.newBuilder().setLayout(layout).build();
  }

  private static DeviceFrame allTypesLayout() {
    Layout.Builder layout =
        Layout.newBuilder()
            .setId(2)
            .addMetrics(metric("temperature", ValueType.VALUE_TYPE_NUMBER))
            .addMetrics(metric("pump/running", ValueType.VALUE_TYPE_BOOLEAN))
            .addMetrics(metric("pump/starts", ValueType.VALUE_TYPE_INTEGER))
            .addMetrics(metric("pressure", ValueType.VALUE_TYPE_NUMBER))
            .addMetrics(metric("note", ValueType.VALUE_TYPE_TEXT))
            .addMetrics(metric("raw", ValueType.VALUE_TYPE_BYTES));
    return DeviceFrame.newBuilder().setLayout(layout).build();
  }

  private static Metric metric(String name, ValueType type) {
    return Metric.newBuilder().setName(name).setType(type).build();
  }

  private static DeviceFrame oneReading() {
    Telemetry.Builder batch =
        Telemetry.newBuilder()
            .setSeq(2)
            .setLayout(1)
            .setTimeUs(HUB_TIME_US + 11_000_000)
            .addAllNumbers(List.of(22.5, 1008.25, 50.0, 13.25, 0.875));
    return DeviceFrame.newBuilder().setTelemetry(batch).build();
  }

  private static DeviceFrame tenReadings() {
    List<DoubleUnaryOperator> columns =
        List.of(
            i -> 20 + 0.25 * i,
            i -> 1013.25 - 0.5 * i,
            i -> 40 + i,
            i -> 12 + 0.125 * i,
            i -> 1.5 - 0.0625 * i);
    DoubleStream numbers =
        columns.stream().flatMapToDouble(c -> IntStream.range(0, 10).asDoubleStream().map(c));
    Telemetry.Builder batch =
        Telemetry.newBuilder()
            .setSeq(1)
            .setLayout(1)
            .setTimeUs(HUB_TIME_US + 1_000_000)
            .addAllTimeDeltasUs(Collections.nCopies(9, 1_000_000L))
            .addAllNumbers(numbers.boxed().toList());
    return DeviceFrame.newBuilder().setTelemetry(batch).build();
  }

  private static DeviceFrame allTypesBatch() {
    Telemetry.Builder batch =
        Telemetry.newBuilder()
            .setSeq(9)
            .setStream(1)
            .setLayout(2)
            .setTimeUs(HUB_TIME_US)
            .addTimeDeltasUs(-500_000)
            .addAllNumbers(List.of(20.5, 20.75, 1013.25, 1013.0))
            .addAllIntegers(List.of(41L, -42L))
            .addAllBooleans(List.of(true, false))
            .addAllTexts(List.of("", "Ölstand niedrig"))
            .addBlobs(ByteString.copyFrom(new byte[] {0, (byte) 0xff}))
            .addBlobs(ByteString.EMPTY);
    return DeviceFrame.newBuilder().setTelemetry(batch).build();
  }

  private static DeviceFrame heartbeat() {
    Heartbeat.Builder heartbeat =
        Heartbeat.newBuilder()
            .setTimeUs(HUB_TIME_US + 30_270_000)
            .setHubTimeUs(HUB_TIME_US)
            .setHeldUs(30_000_000);
    return DeviceFrame.newBuilder().setHeartbeat(heartbeat).build();
  }

  private static DeviceFrame received() {
    CommandReceived.Builder received = CommandReceived.newBuilder().setId(COMMAND_ID);
    return DeviceFrame.newBuilder().setCommandReceived(received).build();
  }

  private static DeviceFrame succeeded() {
    return result(
        CommandResult.newBuilder()
            .setStatus(CommandStatus.COMMAND_STATUS_SUCCEEDED)
            .setPayload(ByteString.copyFromUtf8("{\"seconds\":5}")));
  }

  private static DeviceFrame failed() {
    return result(
        CommandResult.newBuilder()
            .setStatus(CommandStatus.COMMAND_STATUS_FAILED)
            .setContentType("text/plain")
            .setPayload(ByteString.copyFromUtf8("E42"))
            .setMessage("valve stuck"));
  }

  private static DeviceFrame progress() {
    CommandProgress.Builder progress =
        CommandProgress.newBuilder().setId(COMMAND_ID).setPercent(40).setMessage("rinsing");
    return DeviceFrame.newBuilder().setCommandProgress(progress).build();
  }

  private static DeviceFrame takesNextToken() {
    Hello.Builder hello = Hello.newBuilder().setAgent("example/1.0").setTakesNextToken(true);
    return DeviceFrame.newBuilder().setHello(hello).build();
  }

  private static DeviceFrame nextTokenStored() {
    NextTokenStored.Builder stored = NextTokenStored.newBuilder().setTokenId("Example00001");
    return DeviceFrame.newBuilder().setNextTokenStored(stored).build();
  }

  private static DeviceFrame rejected() {
    return result(
        CommandResult.newBuilder()
            .setStatus(CommandStatus.COMMAND_STATUS_REJECTED)
            .setMessage("unknown command: set-interval"));
  }

  private static DeviceFrame result(CommandResult.Builder result) {
    return DeviceFrame.newBuilder().setCommandResult(result.setId(COMMAND_ID)).build();
  }
}
