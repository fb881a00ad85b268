package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers which commands were taken and how they ended, so that each is carried out once. */
public interface CommandJournal {
  /** Whether {@link #begin} was called for this id, as far as the journal reaches back. */
  boolean knows(ByteString id);

  /** How the command ended; null while it has not, or when it is not known. */
  @Nullable CommandResult result(ByteString id);

  /** Whether there is room for the result of one more command. */
  boolean hasRoom();

  /** The command is taken: from now on it is known. */
  void begin(ByteString id);

  /** The command has ended. */
  void finish(CommandResult result);

  /** The hub has the result: only now may it be forgotten, when room is needed. */
  void acknowledged(ByteString id);

  /** Results the hub is not known to have, in the order in which they came about. */
  List<CommandResult> unacknowledged();
}
