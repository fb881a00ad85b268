package io.mooring.hub.cluster;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one hub tells another: there is something new to be read. */
public sealed interface Hint {
  /**
   * The device has a newer session on the node that says so: an older one here is to end.
   *
   * @param who tells the device from another one that has its token, too
   */
  record Opened(int deviceKey, long epoch, long who) implements Hint {}

  /**
   * A device whose session is there has new commands.
   *
   * @param awaited those of whose end the node that says so wants to hear
   */
  record Commands(int deviceKey, List<UUID> awaited) implements Hint {
    public Commands {
      awaited = List.copyOf(awaited);
    }
  }

  /** A command that was awaited has ended. */
  record Ended(UUID command) implements Hint {}

  /** A credential is made. */
  record Issued(String credential) implements Hint {}

  /**
   * Sessions of a device are to end.
   *
   * @param credential only those that it opened; null: all
   * @param reason the name of a close reason
   */
  record End(int deviceKey, @Nullable String credential, String reason) implements Hint {}

  /**
   * A command is to be cancelled by the node that has its device.
   *
   * @param ticket tells the answer from others
   * @param actor whom the audit log is to name, in parts; empty: nobody
   */
  record Cancel(UUID ticket, UUID command, int deviceKey, String caller, List<String> actor)
      implements Hint {
    public Cancel {
      actor = List.copyOf(actor);
    }
  }

  /** That has been tried; the table tells how it went. */
  record Cancelled(UUID ticket) implements Hint {}

  /** Somebody looks at a device's telemetry there for some seconds. */
  record Watched(int deviceKey) implements Hint {}
}
