package io.mooring.device.footprint;

import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.DeviceBuilder;
import io.mooring.device.DeviceState.Phase;
import io.mooring.device.Reading;
import java.net.URI;
import java.nio.file.Path;

/**
 * A program whose memory is measured. Arguments: {@code empty}; or {@code idle} with a hub and a
 * token; or {@code sending} with these and a store's folder. Prints {@code ready} when there is
 * something to measure. Asked to end (SIGTERM) it ends as any program.
 */
public final class Program {
  private static final int A_SECOND = 10;
  private static final int SOME_READINGS = 100;

  private Program() {}

  public static void main(String[] args) throws InterruptedException {
    if (args[0].equals("empty")) {
      System.out.println("ready");
      Thread.sleep(Long.MAX_VALUE);
    }
    DeviceBuilder builder =
        Device.builder(URI.create(args[1]), args[2])
            .on("ping", command -> CommandResult.succeeded(command.payloadAsString()));
    boolean sending = args[0].equals("sending");
    if (sending) {
      builder.store(Path.of(args[3]));
    }
    try (Device device = builder.start()) {
      while (device.state().phase() != Phase.CONNECTED) {
        Thread.sleep(10);
      }
      for (int number = 1; ; number++) {
        if (sending) {
          device.send(Reading.now().number("temperature", 21.5).integer("number", number));
        }
        if (number == SOME_READINGS) {
          System.out.println("ready");
        }
        Thread.sleep(1_000 / A_SECOND);
      }
    }
  }
}
