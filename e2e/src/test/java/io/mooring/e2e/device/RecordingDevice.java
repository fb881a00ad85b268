package io.mooring.e2e.device;

import io.mooring.device.Command;
import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Obeys the command {@code record} by adding its payload as a line to a file; answers with the same
 * payload. Arguments: the file, and how many milliseconds each takes. Each is carried out after
 * that time, so a test can kill something in between.
 */
public final class RecordingDevice {
  private static final CountDownLatch stopping = new CountDownLatch(1);

  private RecordingDevice() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    long millis = Long.parseLong(args[1]);
    try (Device _ =
        Standard.device().on("record", command -> record(command, file, millis)).start()) {
      Standard.awaitStop();
      stopping.countDown();
    }
  }

  private static CommandResult record(Command command, Path file, long millis)
      throws IOException, InterruptedException {
    if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
      return CommandResult.rejected("the device is stopping");
    }
    Files.write(
        file,
        (command.payloadAsString() + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    Standard.say("executed " + command.payloadAsString() + " attempt " + command.attempt());
    return CommandResult.succeeded(command.payloadAsString());
  }
}
