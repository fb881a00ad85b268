package io.mooring.e2e.device;

import io.mooring.device.Command;
import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.DeviceBuilder;
import io.mooring.device.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Does what {@link Work} says, for as many milliseconds as the payload says, with a store. Beside
 * the SDK's journal it keeps one of its own, the testimony: what it is about to do and what it has
 * done, each forced to the disk before it goes on.
 *
 * <p>Arguments: the store's folder, the testimony's file. A line of the testimony is {@code start
 * PROCESS}, {@code begin COMMAND NAME RUN} or {@code end COMMAND NAME RUN}; no two runs have one
 * name.
 */
public final class WitnessDevice {
  /** No result is forgotten in the life of a test, so that all can be compared. */
  private static final int JOURNAL_BYTES = 64 * 1024 * 1024;

  private static final Duration JOURNAL_AGE = Duration.ofDays(1);

  private final FileChannel testimony;
  private final String process =
      ProcessHandle.current().pid() + "-" + Long.toString(System.currentTimeMillis(), 36);
  private int runs;

  private WitnessDevice(FileChannel testimony) {
    this.testimony = testimony;
  }

  public static void main(String[] args) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            Path.of(args[1]),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      WitnessDevice witness = new WitnessDevice(file);
      // The line before may have been cut off.
      witness.say("\nstart " + witness.process);
      Store store = Store.in(Path.of(args[0])).commandJournal(JOURNAL_BYTES, JOURNAL_AGE);
      DeviceBuilder device = Standard.device().store(store);
      for (Work work : Work.values()) {
        switch (work) {
          case SUCCEED, BYTES, FAIL, THROW, REJECT ->
              device.on(work.command(), command -> witness.carryOut(command, work));
          case REPEAT ->
              device.onRepeatable(work.command(), command -> witness.carryOut(command, work));
          case UNKNOWN -> {}
        }
      }
      try (Device _ = device.start()) {
        Standard.awaitStop();
      }
    }
  }

  /** One at a time, in the order in which the SDK hands them over. */
  private CommandResult carryOut(Command command, Work work)
      throws IOException, InterruptedException {
    String run = process + "-" + ++runs;
    String what = command.id() + " " + command.name() + " " + run;
    say("begin " + what);
    Thread.sleep(Long.parseLong(command.payloadAsString()));
    say("end " + what);
    CommandResult result = work.result(run);
    if (work == Work.THROW) {
      throw new IllegalStateException(result.message());
    }
    return result;
  }

  private void say(String line) throws IOException {
    testimony.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
    testimony.force(false);
  }
}
