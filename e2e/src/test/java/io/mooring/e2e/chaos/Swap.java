package io.mooring.e2e.chaos;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.protocol.v1.HubFrame;
import org.jspecify.annotations.Nullable;

/** Lets two commands that follow each other change places. */
final class Swap extends Frames {
  private @Nullable Frame held;

  @Override
  void message(Frame frame) {
    Frame before = held;
    held = null;
    if (!isCommand(frame)) {
      if (before != null) {
        forward(before);
      }
      forward(frame);
    } else if (before == null) {
      held = frame;
    } else {
      forward(frame);
      forward(before);
    }
  }

  private static boolean isCommand(Frame frame) {
    try {
      return HubFrame.parseFrom(frame.payload()).hasCommand();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
