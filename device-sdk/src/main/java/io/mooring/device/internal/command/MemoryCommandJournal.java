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
 * A journal that ends with the process. Bounded in results and in bytes; results the hub has go
 * first, the oldest before the others.
 */
public final class MemoryCommandJournal implements CommandJournal {
  private final int maxResults;
  private final int maxBytes;
  private final Set<ByteString> running = new HashSet<>();
  private final Map<ByteString, CommandResult> unacknowledged = new LinkedHashMap<>();
  private final Map<ByteString, CommandResult> acknowledged = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param maxBytes of all results together; the newest is kept whatever its size
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
  public void begin(ByteString id) {
    running.add(id);
  }

  @Override
  public void finish(CommandResult result) {
    running.remove(result.getId());
    unacknowledged.put(result.getId(), result);
    bytes += result.getSerializedSize();
    while (size() > 1 && (size() > maxResults || bytes > maxBytes)) {
      dropOldest(acknowledged.isEmpty() ? unacknowledged : acknowledged);
    }
  }

  private int size() {
    return unacknowledged.size() + acknowledged.size();
  }

  private void dropOldest(Map<ByteString, CommandResult> results) {
    Iterator<CommandResult> oldest = results.values().iterator();
    bytes -= oldest.next().getSerializedSize();
    oldest.remove();
  }

  @Override
  public void acknowledged(ByteString id) {
    CommandResult result = unacknowledged.remove(id);
    if (result != null) {
      acknowledged.put(id, result);
    }
  }

  @Override
  public List<CommandResult> unacknowledged() {
    return List.copyOf(unacknowledged.values());
  }
}
