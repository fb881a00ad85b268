package io.mooring.hub.command;

import java.util.UUID;

/** A live session, as the relay sees it. Its methods do not block. */
public interface DeviceLink {
  int deviceKey();

  long epoch();

  /** Sends the command, with the next flush at the latest; {@code attempt} counts from 1. */
  void send(Command command, int attempt);

  /** Tells the device that its answer is stored, with the next flush at the latest. */
  void acknowledge(UUID command);

  /** Puts all that was sent on the wire: many small frames go together. */
  default void flush() {}
}
