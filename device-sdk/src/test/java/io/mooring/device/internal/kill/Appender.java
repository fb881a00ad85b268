package io.mooring.device.internal.kill;

import com.google.protobuf.ByteString;
import io.mooring.device.internal.command.StoredCommandJournal;
import io.mooring.device.internal.store.Disk;
import io.mooring.device.internal.store.StoreFolder;
import io.mooring.device.internal.telemetry.Overflow;
import io.mooring.device.internal.telemetry.Row;
import io.mooring.device.internal.telemetry.StoredOutbox;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.protocol.v1.Command;
import io.mooring.protocol.v1.CommandResult;
import io.mooring.protocol.v1.ValueType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;

/**
 * A process to be killed: appends readings numbered on from its argument, carries a command out now
 * and then, and says after each what is on the disk.
 */
public final class Appender {
  static final int BYTES = 8 * 1024 * 1024;

  private Appender() {}

  /** Arguments: the folder, the first number. */
  public static void main(String[] args) throws IOException {
    SecureRandom random = new SecureRandom();
    StoreFolder folder = StoreFolder.open(Path.of(args[0]), Disk.REAL, random.nextLong());
    StoredOutbox outbox =
        new StoredOutbox(folder, new StoredOutbox.Settings(BYTES, true, false), random::nextLong);
    StoredCommandJournal journal =
        new StoredCommandJournal(
            folder,
            new StoredCommandJournal.Settings(64 * 1024, Duration.ofDays(1), true),
            Set.of(),
            () -> 1);
    TelemetryBuffer buffer =
        new TelemetryBuffer(
            new TelemetryBuffer.Settings(BYTES, Overflow.DROP_OLDEST, Duration.ZERO),
            outbox,
            outbox.shapes(),
            System::nanoTime,
            Runnable::run);
    for (long number = Long.parseLong(args[1]); ; number++) {
      Row row = new Row(1_700_000_000_000_000L);
      row.add("number", ValueType.VALUE_TYPE_INTEGER, number, null, 10);
      buffer.add(row, null);
      say("reading " + number);
      if (number % 5 == 0) {
        Command command = Command.newBuilder().setId(id(number)).setName("count").build();
        say("tries " + number);
        if (journal.begin(command)) {
          say("begun " + number);
          journal.finish(CommandResult.newBuilder().setId(id(number)).setMessage("done").build());
          say("ended " + number);
        }
      }
    }
  }

  static ByteString id(long number) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, number));
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
