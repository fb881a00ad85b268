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
import org.jspecify.annotations.Nullable;
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
  void onlyAFailureIsRetryableOrNot() {
    assertThat(retryable(CommandStatus.COMMAND_STATUS_FAILED, true)).isTrue();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_FAILED, false)).isFalse();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_FAILED, null)).isNull();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_REJECTED, true)).isNull();
    assertThat(retryable(CommandStatus.COMMAND_STATUS_SUCCEEDED, false)).isNull();
  }

  private static @Nullable Boolean retryable(CommandStatus status, @Nullable Boolean said) {
    CommandResult.Builder result = CommandResult.newBuilder().setId(ID).setStatus(status);
    if (said != null) {
      result.setRetryable(said);
    }
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
