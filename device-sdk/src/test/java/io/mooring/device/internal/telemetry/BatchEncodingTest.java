package io.mooring.device.internal.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Layout;
import io.mooring.protocol.v1.Metric;
import io.mooring.protocol.v1.Telemetry;
import io.mooring.protocol.v1.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What leaves the device, read back by the generated code. */
class BatchEncodingTest {
  @Test
  void valuesStandColumnAfterColumnPerType() throws Exception {
    Shape shape = Shape.of(7, row(1_000, 0));
    OpenBatch open = new OpenBatch(shape, 0);
    open.add(row(1_000, 0), null);
    open.add(row(1_500, 1), null);
    open.add(row(1_400, 2), null);
    Batch batch = open.seal();

    assertThat(batch.readings()).isEqualTo(3);
    assertThat(batch.values()).isEqualTo(21);
    Telemetry expected =
        Telemetry.newBuilder()
            .setSeq(300)
            .setStream(2)
            .setLayout(7)
            .setTimeUs(1_000)
            .addTimeDeltasUs(500)
            .addTimeDeltasUs(-100)
            .addNumbers(0.5)
            .addNumbers(1.5)
            .addNumbers(2.5)
            .addNumbers(-0.5)
            .addNumbers(-1.5)
            .addNumbers(-2.5)
            .addIntegers(Long.MIN_VALUE)
            .addIntegers(Long.MIN_VALUE + 1)
            .addIntegers(Long.MIN_VALUE + 2)
            .addBooleans(true)
            .addBooleans(false)
            .addBooleans(true)
            .addTexts("text 0")
            .addTexts("text 1")
            .addTexts("text 2")
            .addTexts("second 0")
            .addTexts("second 1")
            .addTexts("second 2")
            .addBlobs(ByteString.copyFromUtf8("0"))
            .addBlobs(ByteString.copyFromUtf8("1"))
            .addBlobs(ByteString.copyFromUtf8("2"))
            .build();
    assertThat(DeviceFrame.parseFrom(batch.frame(300, 2)).getTelemetry()).isEqualTo(expected);
  }

  @Test
  void theSameBodyServesEveryPlace() throws Exception {
    OpenBatch open = new OpenBatch(Shape.of(1, row(5, 0)), 0);
    open.add(row(5, 0), null);
    Batch batch = open.seal();
    Telemetry first = DeviceFrame.parseFrom(batch.frame(1, 0)).getTelemetry();
    Telemetry second = DeviceFrame.parseFrom(batch.frame(Long.MAX_VALUE, 3)).getTelemetry();
    assertThat(second.getSeq()).isEqualTo(Long.MAX_VALUE);
    assertThat(second.getStream()).isEqualTo(3);
    assertThat(second.toBuilder().clearSeq().clearStream().build())
        .isEqualTo(first.toBuilder().clearSeq().build());
    assertThat(batch.frame(Long.MAX_VALUE, 3).length - batch.body().length)
        .isLessThanOrEqualTo(Batch.FRAME_OVERHEAD_BYTES);
  }

  @Test
  void aLayoutNamesTheColumns() throws Exception {
    Row row = new Row(0);
    row.add("n", ValueType.VALUE_TYPE_NUMBER, 0, null, 8);
    row.add("t", ValueType.VALUE_TYPE_TEXT, 0, "x", 4);
    assertThat(DeviceFrame.parseFrom(Shape.of(9, row).frame()).getLayout())
        .isEqualTo(
            Layout.newBuilder()
                .setId(9)
                .addMetrics(metric("n", ValueType.VALUE_TYPE_NUMBER))
                .addMetrics(metric("t", ValueType.VALUE_TYPE_TEXT))
                .build());
  }

  @Test
  void tenReadingsOfFiveNumbersTakeAtMostTwelveBytesAValue() {
    Shape shape = Shape.of(1, fiveNumbers(0));
    OpenBatch open = new OpenBatch(shape, 0);
    for (int i = 0; i < 10; i++) {
      open.add(fiveNumbers(i), null);
    }
    int bytes = open.seal().frame(1, 0).length + shape.frame().length;
    assertThat(bytes / 50.0).isLessThan(12);
  }

  private static Row fiveNumbers(int i) {
    Row row = new Row(1_700_000_000_000_000L + i * 1_000_000L);
    for (String name : List.of("cpu", "load1", "memory.used", "disk.used", "temperature")) {
      row.add(name, ValueType.VALUE_TYPE_NUMBER, Double.doubleToRawLongBits(i / 3.0), null, 8);
    }
    return row;
  }

  private static Metric metric(String name, ValueType type) {
    return Metric.newBuilder().setName(name).setType(type).build();
  }

  private static Row row(long timeUs, int i) {
    Row row = new Row(timeUs);
    row.add("t1", ValueType.VALUE_TYPE_TEXT, 0, "text " + i, 9);
    row.add("n1", ValueType.VALUE_TYPE_NUMBER, Double.doubleToRawLongBits(i + 0.5), null, 8);
    row.add("b", ValueType.VALUE_TYPE_BOOLEAN, i % 2 == 0 ? 1 : 0, null, 1);
    row.add("i", ValueType.VALUE_TYPE_INTEGER, Long.MIN_VALUE + i, null, 10);
    row.add("n2", ValueType.VALUE_TYPE_NUMBER, Double.doubleToRawLongBits(-i - 0.5), null, 8);
    byte[] blob = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
    row.add("o", ValueType.VALUE_TYPE_BYTES, 0, blob, 4);
    row.add("t2", ValueType.VALUE_TYPE_TEXT, 0, "second " + i, 11);
    return row;
  }
}
