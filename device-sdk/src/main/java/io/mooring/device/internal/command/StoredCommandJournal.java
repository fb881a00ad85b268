package io.mooring.device.internal.command;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.device.internal.store.SegmentLog;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.CommandStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal that outlives the process. What it knows is in memory, within bounds; the log on disk
 * says how it came about, and is written anew when most of it is history.
 *
 * <p>A record is one byte and more: 1, id (16), name: begun. 2, time (8, microseconds), encoded
 * result: ended. 3, time (8), id (16): the hub has the result.
 */
public final class StoredCommandJournal implements CommandJournal {
  private static final Logger log = LoggerFactory.getLogger(StoredCommandJournal.class);

  /** For programs: the payload of the result of a command whose process ended before it did. */
  public static final String INTERRUPTED = "{\"cause\":\"interrupted\"}";

  private static final byte BEGUN = 1;
  private static final byte ENDED = 2;
  private static final byte ACKNOWLEDGED = 3;
  private static final int ID_BYTES = 16;
  private static final int RESULTS = Integer.MAX_VALUE;

  private final MemoryCommandJournal known;
  private final LongSupplier timeUs;
  private final SegmentLog records;
  private final Map<ByteString, String> begun = new LinkedHashMap<>();
  private final int leastBytes;
  private long rewrittenBytes;

  /**
   * Takes up what the folder holds. A command found begun and without a result was interrupted:
   * that is its result, unless it may be repeated, in which case it is forgotten.
   *
   * @param repeatable names of commands that may be carried out twice
   * @param timeUs the wall clock
   */
  public StoredCommandJournal(
      StoreFolder folder, Settings settings, Set<String> repeatable, LongSupplier timeUs)
      throws IOException {
    this.timeUs = timeUs;
    this.known = new MemoryCommandJournal(RESULTS, settings.maxBytes(), settings.maxAge(), timeUs);
    this.leastBytes = 2 * settings.maxBytes() + 64 * 1024;
    this.records =
        folder.log(
            "commands",
            Integer.MAX_VALUE,
            settings.forceEach(),
            new SegmentLog.Replay() {
              @Override
              public void record(long segment, int at, byte[] record) {
                replay(record);
              }
            });
    settle(repeatable);
  }

  private void replay(byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    switch (in.get()) {
      case BEGUN -> {
        ByteString id = ByteString.copyFrom(in, ID_BYTES);
        if (known.result(id) == null) {
          begun.put(id, ByteString.copyFrom(in).toStringUtf8());
        }
      }
      case ENDED -> {
        in.getLong(); // for people who look into the file
        CommandResult result = decoded(ByteString.copyFrom(in));
        begun.remove(result.getId());
        known.finish(result);
      }
      case ACKNOWLEDGED -> {
        long at = in.getLong();
        known.acknowledged(ByteString.copyFrom(in), at);
      }
      default -> log.warn("Left out a record of a kind this version does not know");
    }
  }

  private static CommandResult decoded(ByteString bytes) {
    try {
      return CommandResult.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a record whose checksum fits is no result", e);
    }
  }

  private void settle(Set<String> repeatable) {
    Map<ByteString, String> left = new LinkedHashMap<>(begun);
    for (Map.Entry<ByteString, String> command : left.entrySet()) {
      ByteString id = command.getKey();
      String name = command.getValue();
      if (repeatable.contains(name)) {
        begun.remove(id);
      } else {
        log.warn("Command {} was interrupted by the end of the process before", name);
        finish(interrupted(id, name));
      }
    }
  }

  private static CommandResult interrupted(ByteString id, String name) {
    return CommandResult.newBuilder()
        .setId(id)
        .setStatus(CommandStatus.COMMAND_STATUS_FAILED)
        .setPayload(ByteString.copyFromUtf8(INTERRUPTED))
        .setMessage(
            "interrupted: the device's program ended while it carried '"
                + name
                + "' out; how far it came is not known")
        .build();
  }

  @Override
  public boolean knows(ByteString id) {
    return known.knows(id);
  }

  @Override
  public @Nullable CommandResult result(ByteString id) {
    return known.result(id);
  }

  @Override
  public boolean hasRoom() {
    return known.hasRoom();
  }

  @Override
  public void take(ByteString id) {
    known.take(id);
  }

  @Override
  public boolean begin(Command command) {
    known.take(command.getId());
    begun.put(command.getId(), command.getName());
    return write(begunRecord(command.getId(), command.getName()));
  }

  @Override
  public void finish(CommandResult result) {
    known.finish(result);
    // What was never begun need not be known later: it may be given up again.
    begun.remove(result.getId());
    write(endedRecord(result));
    rewriteWhenLarge();
  }

  @Override
  public void acknowledged(ByteString id) {
    if (known.result(id) != null) {
      known.acknowledged(id);
      note(acknowledgedRecord(id, timeUs.getAsLong()));
      rewriteWhenLarge();
    }
  }

  @Override
  public List<CommandResult> unacknowledged() {
    return known.unacknowledged();
  }

  private byte[] begunRecord(ByteString id, String name) {
    ByteString text = ByteString.copyFromUtf8(name);
    return ByteBuffer.allocate(1 + ID_BYTES + text.size())
        .put(BEGUN)
        .put(id.toByteArray())
        .put(text.toByteArray())
        .array();
  }

  private byte[] endedRecord(CommandResult result) {
    return ByteBuffer.allocate(1 + Long.BYTES + result.getSerializedSize())
        .put(ENDED)
        .putLong(timeUs.getAsLong())
        .put(result.toByteArray())
        .array();
  }

  private byte[] acknowledgedRecord(ByteString id, long atUs) {
    return ByteBuffer.allocate(1 + Long.BYTES + ID_BYTES)
        .put(ACKNOWLEDGED)
        .putLong(atUs)
        .put(id.toByteArray())
        .array();
  }

  private boolean write(byte[] record) {
    try {
      records.append(record);
      return true;
    } catch (IOException e) {
      log.warn("Cannot write the command journal", e);
      return false;
    }
  }

  /** Without forcing: should it be lost, the hub is sent a result once more. */
  private void note(byte[] record) {
    try {
      records.note(record);
    } catch (IOException e) {
      log.warn("Cannot write the command journal", e);
    }
  }

  private void rewriteWhenLarge() {
    if (records.bytes() < Math.max(leastBytes, 2 * rewrittenBytes)) {
      return;
    }
    try {
      records.rotate();
      for (Map.Entry<ByteString, String> command : begun.entrySet()) {
        records.note(begunRecord(command.getKey(), command.getValue()));
      }
      for (MemoryCommandJournal.Acknowledged old : known.acknowledged()) {
        records.note(endedRecord(old.result()));
        records.note(acknowledgedRecord(old.result().getId(), old.timeUs()));
      }
      for (CommandResult result : known.unacknowledged()) {
        records.note(endedRecord(result));
      }
      records.force();
      while (records.oldest() != records.newest()) {
        records.delete(records.oldest());
      }
    } catch (IOException e) {
      log.warn("Cannot write the command journal anew; the old one stays", e);
    }
    // Also of a failed attempt: the next comes when there is twice as much.
    rewrittenBytes = records.bytes();
  }

  /**
   * @param maxBytes of memory for all results together
   * @param maxAge of results the hub has
   * @param forceEach whether every step is forced to the disk before the next
   */
  public record Settings(int maxBytes, Duration maxAge, boolean forceEach) {}
}
