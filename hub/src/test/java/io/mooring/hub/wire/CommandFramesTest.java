package io.mooring.hub.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mooring.protocol.golden.GoldenFrames;
import io.mooring.protocol.v1.CommandProgress;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What devices say of commands since the first version of the protocol grew. */
class CommandFramesTest {
  private static final ByteString ID = ByteString.copyFrom(new byte[16]);

  @Test
  void readsProgress() {
    assertThat(FrameDecoder.decode(ByteBuffer.wrap(GoldenFrames.bytes("command-progress"))))
        .isEqualTo(
            new Inbound.CommandProgress(
                UUID.fromString("019aab0f-3c00-7a11-8f00-5de1f00dcafe"), 40, "rinsing"));
  }

  @Test
  void refusesProgressBeyondItsBounds() {
    assertThat(decode(progress().setPercent(100).setMessage("x".repeat(256))))
        .isInstanceOf(Inbound.CommandProgress.class);
    assertThat(decode(progress().setPercent(101))).isInstanceOf(Inbound.Malformed.class);
    assertThat(decode(progress().setPercent(-1))).isInstanceOf(Inbound.Malformed.class);
    assertThat(decode(progress().setMessage("x".repeat(257))))
        .isInstanceOf(Inbound.Malformed.class);
    assertThat(decode(progress().setMessage("a\nb"))).isInstanceOf(Inbound.Malformed.class);
    assertThat(decode(progress().setId(ByteString.EMPTY))).isInstanceOf(Inbound.Malformed.class);
  }

  @Test
  void onlyAFailureIsRetryable() {
    assertThat(retryable(CommandStatus.COMMAND_STATUS_FAILED)).isTrue();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_REJECTED)).isFalse();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_SUCCEEDED)).isFalse();
  }

  private static boolean retryable(CommandStatus status) {
    CommandResult result =
        CommandResult.newBuilder().setId(ID).setStatus(status).setRetryable(true).build();
    DeviceFrame frame = DeviceFrame.newBuilder().setCommandResult(result).build();
    return ((Inbound.CommandResult) FrameDecoder.decode(ByteBuffer.wrap(frame.toByteArray())))
        .retryable();
  }

  private static CommandProgress.Builder progress() {
    return CommandProgress.newBuilder().setId(ID);
  }

  private static Inbound decode(CommandProgress.Builder progress) {
    DeviceFrame frame = DeviceFrame.newBuilder().setCommandProgress(progress).build();
    return FrameDecoder.decode(ByteBuffer.wrap(frame.toByteArray()));
  }
}
