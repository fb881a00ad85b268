package io.mooring.hub.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Changes of one command that follow each other within a session, such as sent, received,
 * succeeded: if the first one is legal, all are, so one update of the row makes them all.
 */
final class ChangeChain {
  private final List<CommandChange> changes = new ArrayList<>(3);

  /** A later change of the command is not part of it, so none after that may be. */
  private boolean ended;

  ChangeChain(CommandChange first) {
    changes.add(first);
  }

  /** False: it must wait until this chain has been carried out. */
  boolean takes(CommandChange next) {
    CommandChange last = last();
    boolean fits =
        next.epoch != null
            && next.deviceKey == last.deviceKey
            && Objects.equals(next.epoch, last.epoch)
            && next.sentIn == null
            && last.sentIn == null
            && last.state.mayBecome(next.state);
    if (ended || !fits) {
      ended = true;
      return false;
    }
    changes.add(next);
    return true;
  }

  List<CommandChange> changes() {
    return changes;
  }

  CommandChange first() {
    return changes.getFirst();
  }

  CommandChange last() {
    return changes.getLast();
  }

  /** How often it was sent. */
  int sent() {
    int count = 0;
    for (CommandChange change : changes) {
      count += change.state == CommandState.SENT ? 1 : 0;
    }
    return count;
  }
}
