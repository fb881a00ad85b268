package io.mooring.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.DeviceFrame;
import io.mooring.protocol.v1.NextTokenStored;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Section 16 of PROTOCOL.md, byte by byte. */
class NextTokenFramesTest {
  private static final String TOKEN =
      "mrd_Example00001_NotASecretButLongEnoughToBeOneInItsShape0123I6YLs";

  @Test
  void areThoseOfTheDocument() {
    assertThat(FrameEncoder.nextToken(TOKEN)).isEqualTo(GoldenFrames.bytes("next-token"));
    assertThat(decoded(GoldenFrames.bytes("hello-takes-next-token")))
        .isEqualTo(new Inbound.Hello("example/1.0", List.of(), true));
    assertThat(decoded(GoldenFrames.bytes("next-token-stored")))
        .isEqualTo(new Inbound.NextTokenStored("Example00001"));
  }

  @Test
  void anIdOfAnotherLengthIsMalformed() {
    NextTokenStored.Builder stored = NextTokenStored.newBuilder().setTokenId(TOKEN);
    assertThat(decoded(DeviceFrame.newBuilder().setNextTokenStored(stored).build().toByteArray()))
        .isInstanceOf(Inbound.Malformed.class);
  }

  private static Inbound decoded(byte[] frame) {
    return FrameDecoder.decode(ByteBuffer.wrap(frame));
  }
}
