package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers which commands were taken and how they ended, so that each is carried out once. */
public interface CommandJournal {
  /** Whether the command was taken, as far as the journal reaches back. */
  boolean knows(ByteString id);

  /** How the command ended; null while it has not, or when it is not known. */
  @Nullable CommandResult result(ByteString id);

  /** Whether there is room for the result of one more command. */
  boolean hasRoom();

  /** The command is taken: until the process ends it is known. */
  void take(ByteString id);

  /**
   * The command is about to be carried out: from now on it is known to later processes too, as far
   * as the journal outlives this one.
   *
   * @return false when that could not be written down; it is not to be carried out then
   */
  boolean begin(Command command);

  /** The command has ended. */
  void finish(CommandResult result);

  /** The hub has the result: only now may it be forgotten, when room is needed. */
  void acknowledged(ByteString id);

  /** Results the hub is not known to have, in the order in which they came about. */
  List<CommandResult> unacknowledged();
}
