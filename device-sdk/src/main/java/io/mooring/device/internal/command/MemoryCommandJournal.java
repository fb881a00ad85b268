package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A journal that ends with the process. A result the hub does not have is never forgotten, or its
 * command would be carried out again; those the hub has are, the oldest first, beyond the bounds in
 * results, in bytes and in age. Once the first alone reach a bound there is no room, and no further
 * command is to be begun.
 */
public final class MemoryCommandJournal implements CommandJournal {
  /** A result's objects and its places in the maps, roughly: many results are a few bytes long. */
  static final int OVERHEAD_BYTES = 256;

  private final int maxResults;
  private final int maxBytes;
  private final long maxAgeUs;
  private final LongSupplier timeUs;
  private final Set<ByteString> running = new HashSet<>();
  private final Map<ByteString, CommandResult> unacknowledged = new LinkedHashMap<>();
  private final Map<ByteString, Acknowledged> acknowledged = new LinkedHashMap<>();
  private long unacknowledgedBytes;
  private long acknowledgedBytes;

  /**
   * @param maxBytes of memory for all results together; exceeded by those begun while there was
   *     room
   * @param maxAge of results the hub has
   * @param timeUs the wall clock
   */
  public MemoryCommandJournal(int maxResults, int maxBytes, Duration maxAge, LongSupplier timeUs) {
    this.maxResults = maxResults;
    this.maxBytes = maxBytes;
    this.maxAgeUs = maxAge.toNanos() / 1_000;
    this.timeUs = timeUs;
  }

  @Override
  public boolean knows(ByteString id) {
    return running.contains(id) || result(id) != null;
  }

  @Override
  public @Nullable CommandResult result(ByteString id) {
    CommandResult result = unacknowledged.get(id);
    if (result != null) {
      return result;
    }
    Acknowledged known = acknowledged.get(id);
    return known == null ? null : known.result();
  }

  @Override
  public boolean hasRoom() {
    return unacknowledged.size() < maxResults && unacknowledgedBytes < maxBytes;
  }

  @Override
  public void take(ByteString id) {
    running.add(id);
  }

  @Override
  public boolean begin(Command command) {
    running.add(command.getId());
    return true;
  }

  @Override
  public void finish(CommandResult result) {
    running.remove(result.getId());
    acknowledgedBytes -= size(acknowledged.remove(result.getId()));
    CommandResult before = unacknowledged.put(result.getId(), result);
    unacknowledgedBytes += size(result) - (before == null ? 0 : size(before));
    trim();
  }

  private static int size(@Nullable Acknowledged known) {
    return known == null ? 0 : size(known.result());
  }

  private static int size(CommandResult result) {
    return result.getSerializedSize() + OVERHEAD_BYTES;
  }

  private void trim() {
    long oldestKept = timeUs.getAsLong() - maxAgeUs;
    Iterator<Acknowledged> oldest = acknowledged.values().iterator();
    while (oldest.hasNext()) {
      Acknowledged known = oldest.next();
      if (unacknowledged.size() + acknowledged.size() <= maxResults
          && unacknowledgedBytes + acknowledgedBytes <= maxBytes
          && known.timeUs() >= oldestKept) {
        return;
      }
      acknowledgedBytes -= size(known);
      oldest.remove();
    }
  }

  @Override
  public void acknowledged(ByteString id) {
    acknowledged(id, timeUs.getAsLong());
  }

  void acknowledged(ByteString id, long atUs) {
    CommandResult result = unacknowledged.remove(id);
    if (result != null) {
      acknowledged.put(result.getId(), new Acknowledged(result, atUs));
      unacknowledgedBytes -= size(result);
      acknowledgedBytes += size(result);
      trim();
    }
  }

  /** Results the hub has, the oldest first. */
  List<Acknowledged> acknowledged() {
    return List.copyOf(acknowledged.values());
  }

  @Override
  public List<CommandResult> unacknowledged() {
    return List.copyOf(unacknowledged.values());
  }

  /**
   * A result the hub has.
   *
   * @param timeUs when that became known, by the wall clock
   */
  record Acknowledged(CommandResult result, long timeUs) {}
}
