package io.mooring.hub.command;

import java.util.UUID;

/** A live session, as the relay sees it. Its methods do not block. */
public interface DeviceLink {
  int deviceKey();

  long epoch();

  /** Puts the command on the wire; {@code attempt} counts from 1. */
  void send(Command command, int attempt);

  /** Tells the device that its answer is stored. */
  void acknowledge(UUID command);
}
