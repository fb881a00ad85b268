package io.mooring.hub.gateway;

import static io.mooring.hub.gateway.Neighbours.NOW_US;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.hub.config.Limits;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.TestHub;
import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Heartbeat;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever one device does wrong ends its own session, by the documented code, and nothing else.
 */
class GarbageTest {
  @AutoClose private static final Neighbours NEIGHBOURS = new Neighbours(Limits.DEFAULTS);
  private static final TestHub HUB = NEIGHBOURS.hub;

  private RawDevice bad;

  @BeforeEach
  void connect() {
    bad = HUB.connect(Neighbours.BAD);
  }

  @AfterEach
  void theOtherDeviceIsServed() {
    bad.close();
    NEIGHBOURS.theOtherIsServed();
  }

  static List<Arguments> wrongs() {
    return List.of(
        wrong(4207, "an empty message", before(d -> d.sendRaw(new byte[0]))),
        wrong(4207, "random bytes", before(d -> d.sendRaw(random(200)))),
        wrong(4207, "random bytes after Welcome", d -> d.sendRaw(random(200))),
        wrong(4207, "a frame cut short", d -> d.sendRaw(cut("telemetry-ten-readings"))),
        wrong(4207, "an unknown body", d -> d.sendRaw(GoldenFrames.bytes("device-unknown-body"))),
        wrong(4209, "a message too large", d -> d.sendRaw(new byte[65_537])),
        wrong(4209, "one far too large", d -> d.sendRaw(new byte[1_000_000])),
        wrong(4209, "one too large before Hello", before(d -> d.sendRaw(new byte[65_537]))),
        wrong(4209, "fragments too large", d -> d.sendFragments(5_000, 14)),
        wrong(4210, "text", d -> d.sendText("{}")),
        wrong(4210, "text before Hello", before(d -> d.sendText("{}"))));
  }

  static List<Arguments> wrongsOfOrderAndContent() {
    byte[] text = new byte[4097];
    return List.of(
        wrong(4208, "telemetry before Hello", before(d -> d.reading(1, 1, NOW_US, 1))),
        wrong(
            4208,
            "telemetry before Welcome",
            before(
                d -> {
                  d.sendRaw(GoldenFrames.bytes("hello-one-stream"));
                  d.reading(1, 1, NOW_US, 1);
                })),
        wrong(4208, "a heartbeat before Hello", before(d -> d.send(heartbeat()))),
        wrong(4208, "a second Hello", d -> d.sendRaw(GoldenFrames.bytes("hello-one-stream"))),
        wrong(4208, "a layout not declared", d -> d.reading(1, 2, NOW_US, 1)),
        wrong(
            4207,
            "a layout declared otherwise",
            d -> {
              d.layout(7, "t");
              d.layout(7, "t");
              d.layout(7, "u");
            }),
        wrong(4207, "too few values", d -> d.reading(1, 1, NOW_US)),
        wrong(4207, "too many values", d -> d.reading(1, 1, NOW_US, 1, 2)),
        wrong(4207, "a value of another type", d -> d.send(batch().addIntegers(1))),
        wrong(4207, "a stream not in Hello", d -> d.send(batch().setStream(1))),
        wrong(4207, "stream 2^32 - 1", d -> d.send(batch().setStream(-1))),
        wrong(
            4208,
            "numbers that fall",
            // One that is stored by then is taken for sent again; not each of so many is.
            d -> {
              for (long seq = 1L << 40; seq < (1L << 40) + 200 && d.isOpen(); seq += 2) {
                d.reading(seq, 1, NOW_US, 1);
                d.reading(seq - 1, 1, NOW_US, 1);
              }
            }),
        wrong(4211, "too many readings", d -> d.send(readings(1_001))),
        wrong(
            4207,
            "a text too long",
            d -> {
              d.send(textLayout());
              d.send(
                  Telemetry.newBuilder()
                      .setSeq(1)
                      .setLayout(2)
                      .setTimeUs(NOW_US)
                      .addTextsBytes(ByteString.copyFrom(text)));
            }),
        wrong(
            4211,
            "too many layouts",
            d -> IntStream.rangeClosed(1, 65).forEach(i -> d.layout(100 + i, "t"))),
        wrong(4211, "a result too large", d -> d.send(result(32_769))),
        wrong(4201, "no Hello", before(d -> {})));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource({"wrongs", "wrongsOfOrderAndContent"})
  void endsWithItsCode(int code, String what, Consumer<RawDevice> wrong) {
    wrong.accept(bad);
    assertThat(bad.awaitClose().code()).as(what).isEqualTo(code);
    assertThat(bad.awaitClose().reason()).matches("[a-z-]+(; retry-ms=[0-9]+)?(; .+)?");
  }

  /** Everything but what comes first: a session is open and layout 1 declared. */
  private static Arguments wrong(int code, String what, Consumer<RawDevice> wrong) {
    Consumer<RawDevice> all =
        wrong instanceof Before
            ? wrong
            : device -> {
              device.hello(5, 1, 1, 0);
              device.layout(1, "t");
              wrong.accept(device);
            };
    return Arguments.of(code, what, all);
  }

  private interface Before extends Consumer<RawDevice> {}

  private static Before before(Before wrong) {
    return wrong;
  }

  @Test
  void tooManyUnacknowledgedBatches() {
    bad.hello(5, 1, 1, 0);
    bad.layout(1, "t");
    // The writer's table is held, so nothing is acknowledged meanwhile.
    NEIGHBOURS
        .database
        .database()
        .transaction(
            c -> {
              try (var lock = c.createStatement()) {
                lock.execute("LOCK TABLE telemetry_batch IN EXCLUSIVE MODE");
              }
              RawDevice.upTo(65).forEach(i -> bad.reading(i, 1, NOW_US, i));
              assertThat(bad.awaitClose().code()).isEqualTo(4211);
              return 0;
            });
  }

  /** Nothing the sessions above left behind: rows, presence, memory. */
  @Test
  void leavesNoSessionBehind() {
    bad.close();
    bad.awaitClose();
    await().until(() -> HUB.path().sessions().registry().size() == 1);
    await()
        .until(
            () ->
                HUB.number("SELECT count(*) FROM session WHERE closed_at IS NULL") == 1
                    && HUB.number("SELECT count(*) FROM presence WHERE state <> 'offline'") == 1);
  }

  private static Telemetry.Builder batch() {
    return Telemetry.newBuilder().setSeq(1).setLayout(1).setTimeUs(NOW_US).addNumbers(1);
  }

  private static Telemetry.Builder readings(int count) {
    Telemetry.Builder batch = batch();
    IntStream.range(1, count).forEach(i -> batch.addTimeDeltasUs(1).addNumbers(i));
    return batch;
  }

  private static DeviceFrame heartbeat() {
    return DeviceFrame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setTimeUs(1)).build();
  }

  private static DeviceFrame textLayout() {
    return DeviceFrame.newBuilder()
        .setLayout(
            Layout.newBuilder()
                .setId(2)
                .addMetrics(Metric.newBuilder().setName("t").setType(ValueType.VALUE_TYPE_TEXT)))
        .build();
  }

  private static DeviceFrame result(int bytes) {
    return DeviceFrame.newBuilder()
        .setCommandResult(
            CommandResult.newBuilder()
                .setId(ByteString.copyFrom(new byte[16]))
                .setStatus(CommandStatus.COMMAND_STATUS_FAILED)
                .setPayload(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(11).nextBytes(bytes);
    return bytes;
  }

  private static byte[] cut(String golden) {
    byte[] whole = GoldenFrames.bytes(golden);
    return java.util.Arrays.copyOf(whole, whole.length - 7);
  }
}
