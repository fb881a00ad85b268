package io.mooring.e2e.chaos;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import io.mooring.protocol.v1.DeviceFrame;

/** Lets a device say of what succeeded something that it did not say. */
final class Forgery extends Frames {
  private static final ByteString FORGED = ByteString.copyFromUtf8("{\"run\":\"forged\"}");

  @Override
  void message(Frame frame) {
    try {
      DeviceFrame said = DeviceFrame.parseFrom(frame.payload());
      CommandResult result = said.getCommandResult();
      boolean forge = result.getStatus() == CommandStatus.COMMAND_STATUS_SUCCEEDED;
      forward(
          forge
              ? frame.with(
                  said.toBuilder()
                      .setCommandResult(result.toBuilder().setPayload(FORGED))
                      .build()
                      .toByteArray())
              : frame);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
