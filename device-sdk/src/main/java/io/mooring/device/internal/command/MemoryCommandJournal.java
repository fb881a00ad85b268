package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.CommandResult;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A journal that ends with the process. A result the hub does not have is never forgotten, or its
 * command would be carried out again; those the hub has are, the oldest first, beyond the bounds in
 * results and in bytes. Once the first alone reach a bound there is no room, and no further command
 * is to be begun.
 */
public final class MemoryCommandJournal implements CommandJournal {
  private final int maxResults;
  private final int maxBytes;
  private final Set<ByteString> running = new HashSet<>();
  private final Map<ByteString, CommandResult> unacknowledged = new LinkedHashMap<>();
  private final Map<ByteString, CommandResult> acknowledged = new LinkedHashMap<>();
  private long unacknowledgedBytes;
  private long acknowledgedBytes;

  /**
   * @param maxBytes of all results together; exceeded by those begun while there was room
   */
  public MemoryCommandJournal(int maxResults, int maxBytes) {
    this.maxResults = maxResults;
    this.maxBytes = maxBytes;
  }

  @Override
  public boolean knows(ByteString id) {
    return running.contains(id) || result(id) != null;
  }

  @Override
  public @Nullable CommandResult result(ByteString id) {
    CommandResult result = unacknowledged.get(id);
    return result != null ? result : acknowledged.get(id);
  }

  @Override
  public boolean hasRoom() {
    return unacknowledged.size() < maxResults && unacknowledgedBytes < maxBytes;
  }

  @Override
  public void begin(ByteString id) {
    running.add(id);
  }

  @Override
  public void finish(CommandResult result) {
    running.remove(result.getId());
    unacknowledged.put(result.getId(), result);
    unacknowledgedBytes += result.getSerializedSize();
    trim();
  }

  private void trim() {
    Iterator<CommandResult> oldest = acknowledged.values().iterator();
    while (oldest.hasNext()
        && (unacknowledged.size() + acknowledged.size() > maxResults
            || unacknowledgedBytes + acknowledgedBytes > maxBytes)) {
      acknowledgedBytes -= oldest.next().getSerializedSize();
      oldest.remove();
    }
  }

  @Override
  public void acknowledged(ByteString id) {
    CommandResult result = unacknowledged.remove(id);
    if (result != null) {
      acknowledged.put(id, result);
      unacknowledgedBytes -= result.getSerializedSize();
      acknowledgedBytes += result.getSerializedSize();
      trim();
    }
  }

  @Override
  public List<CommandResult> unacknowledged() {
    return List.copyOf(unacknowledged.values());
  }
}
