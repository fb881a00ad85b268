package io.mooring.e2e.chaos;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.protocol.v1.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What the SDK of a device has in its store, read by the SDK itself after the device has ended.
 *
 * @param results by the command's id
 * @param unacknowledged ids of the commands whose results the hub has not acknowledged
 */
record Journal(String device, Map<String, Outcome> results, Set<String> unacknowledged) {
  private static final StoredCommandJournal.Settings SETTINGS =
      new StoredCommandJournal.Settings(64 * 1024 * 1024, Duration.ofDays(1), false);

  static Journal of(Witness device, List<String> commands) {
    try (StoreFolder folder = StoreFolder.open(device.store(), Disk.REAL, 1)) {
      StoredCommandJournal journal =
          new StoredCommandJournal(
              folder, SETTINGS, Set.of(), () -> System.currentTimeMillis() * 1000);
      Map<String, Outcome> results = new HashMap<>();
      for (String command : commands) {
        CommandResult result = journal.result(bytes(UUID.fromString(command)));
        if (result != null) {
          results.put(command, Outcome.of(result));
        }
      }
      Set<String> unacknowledged = new HashSet<>();
      journal.unacknowledged().forEach(result -> unacknowledged.add(text(result.getId())));
      return new Journal(device.id(), results, unacknowledged);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteString bytes(UUID id) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }

  private static String text(ByteString id) {
    ByteBuffer bytes = id.asReadOnlyByteBuffer();
    return new UUID(bytes.getLong(), bytes.getLong()).toString();
  }
}
