package io.mooring.device.example;

import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.Reading;
import java.nio.file.Path;

public class Example {
  public static void main(String[] args) throws InterruptedException {
    try (Device device =
        Device.builder(System.getenv("MOORING_HUB"), System.getenv("MOORING_TOKEN"))
            .store(Path.of("example-store")) // with it, each command is carried out once
            .on("ping", command -> CommandResult.succeeded(command.payloadAsString()))
            .onState(state -> System.out.println(state.phase() + " " + state.reason()))
            .start()) {
      while (true) {
        device.send(Reading.now().number("temperature", 21.5).integer("uptime", 1234));
        Thread.sleep(1_000);
      }
    }
  }
}
