package io.mooring.device.example;

import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.Reading;
import java.net.URI;

public class Example {
  public static void main(String[] args) throws InterruptedException {
    URI hub = URI.create(System.getenv("MOORING_HUB"));
    try (Device device =
        Device.builder(hub, System.getenv("MOORING_TOKEN"))
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
