package io.mooring.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.Telemetry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast reader of batches and protobuf's own parser must never disagree. */
class TelemetryDecoderTest {
  private static final long NOW_US = 1_795_000_000_000_000L;

  private final Random random = new Random(20261123);

  @Test
  void readsWhatProtobufWrites() {
    for (int i = 0; i < 2_000; i++) {
      Telemetry.Builder batch = batch();
      assertThat(TelemetryDecoder.decode(bytes(batch))).isNotNull();
      agree(bytes(batch));
    }
  }

  @Test
  void leavesTextsAndBlobsToTheParser() {
    assertThat(TelemetryDecoder.decode(bytes(batch().addTexts("t")))).isNull();
    assertThat(TelemetryDecoder.decode(bytes(batch().addBlobs(ByteString.EMPTY)))).isNull();
    agree(bytes(batch().addTexts("t")));
  }

  @Test
  void meansTheSameWhateverIsBroken() {
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] frame = bytes(batch()).array();
      for (int change = random.nextInt(3); change >= 0; change--) {
        frame = broken(frame);
      }
      read += agree(ByteBuffer.wrap(frame)) ? 1 : 0;
    }
    assertThat(read).as("broken frames that are read fast").isGreaterThan(10_000);
  }

  @Test
  void takesNothingButTheBufferThatItIsGiven() {
    ByteBuffer frame = bytes(batch());
    ByteBuffer within =
        ByteBuffer.allocateDirect(frame.remaining() + 20)
            .position(7)
            .put(frame.duplicate())
            .limit(7 + frame.remaining())
            .position(7);
    agree(within);
    assertThat(within.position()).isEqualTo(7);
    within.limit(within.limit() + 1);
    assertThat(TelemetryDecoder.decode(within)).isNull();
  }

  /** True: the fast reader took it. */
  private static boolean agree(ByteBuffer frame) {
    Inbound fast = TelemetryDecoder.decode(frame.duplicate());
    if (fast == null) {
      return false;
    }
    assertThat(fast)
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .withEqualsForType(
            (a, b) -> Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b), Double.class)
        .isEqualTo(FrameDecoder.parse(frame.duplicate()));
    return true;
  }

  private byte[] broken(byte[] frame) {
    byte[] changed = frame.clone();
    int at = random.nextInt(frame.length);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(frame, at + 1);
      case 1 -> Arrays.copyOf(frame, frame.length + 1 + random.nextInt(4));
      case 2 -> {
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      default -> {
        // Near the front, where the tags and lengths are.
        changed[Math.min(at, random.nextInt(8))] = (byte) random.nextInt(256);
        yield changed;
      }
    };
  }

  private Telemetry.Builder batch() {
    int readings = 1 + random.nextInt(4);
    Telemetry.Builder batch =
        Telemetry.newBuilder()
            .setSeq(random.nextInt(5) == 0 ? random.nextLong() : 1 + random.nextInt(300))
            .setStream(random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE) : 0)
            .setLayout(random.nextInt(300))
            .setTimeUs(random.nextInt(9) == 0 ? random.nextLong() : NOW_US);
    for (int i = 1; i < readings; i++) {
      batch.addTimeDeltasUs(
          random.nextInt(9) == 0 ? random.nextLong() : random.nextInt(2_000_000) - 1_000);
    }
    for (int i = random.nextInt(3) * readings; i > 0; i--) {
      batch.addNumbers(random.nextInt(9) == 0 ? Double.NaN : random.nextGaussian());
    }
    for (int i = random.nextInt(3) * readings; i > 0; i--) {
      batch.addIntegers(random.nextLong() >> random.nextInt(64));
    }
    for (int i = random.nextInt(2) * readings; i > 0; i--) {
      batch.addBooleans(random.nextBoolean());
    }
    return batch;
  }

  private static ByteBuffer bytes(Telemetry.Builder batch) {
    return ByteBuffer.wrap(DeviceFrame.newBuilder().setTelemetry(batch).build().toByteArray());
  }
}
