package io.mooring.e2e.device;

import io.mooring.device.Command;
import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Many devices in one process, each as {@link RecordingDevice} is. Arguments: a file with a line
 * {@code id token} for each, the file to add executed commands to (as a line {@code id payload}),
 * and how many milliseconds each takes.
 */
public final class RecordingFleet {
  private static final CountDownLatch stopping = new CountDownLatch(1);

  private RecordingFleet() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    long millis = Long.parseLong(args[2]);
    List<Device> devices = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] both = line.split(" ", 2);
      devices.add(
          Standard.device(both[1])
              .on("record", command -> record(both[0], command, file, millis))
              .start());
    }
    Standard.awaitStop();
    stopping.countDown();
    devices.forEach(Device::close);
  }

  private static CommandResult record(String id, Command command, Path file, long millis)
      throws IOException, InterruptedException {
    if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
      return CommandResult.rejected("the device is stopping");
    }
    // One small write with O_APPEND is one line, whoever else writes.
    Files.write(
        file,
        (id + " " + command.payloadAsString() + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    Standard.say("executed " + id + " attempt " + command.attempt());
    return CommandResult.succeeded(command.payloadAsString());
  }
}
