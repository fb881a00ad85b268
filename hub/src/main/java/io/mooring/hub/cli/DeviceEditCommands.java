package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code device disable}, {@code device enable} and {@code device delete}. */
final class DeviceEditCommands {
  private DeviceEditCommands() {}

  private static String path(String device) {
    return "/api/v1/devices/" + HubClient.escape(device);
  }

  /** Turns a device off or on. */
  abstract static class Turn implements Callable<Integer> {
    private final Surroundings here;
    private final boolean enabled;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    Turn(Surroundings here, boolean enabled) {
      this.here = here;
      this.enabled = enabled;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        var changed = client.patch(path(device), Map.of("enabled", enabled));
        if (hub.json) {
          here.out().println(changed.toString());
        }
      }
      here.say("%s is %s.".formatted(device, enabled ? "enabled" : "disabled"));
      return 0;
    }
  }

  @Command(
      name = "disable",
      description = "Refuse a device and end its session; its data stay. Scope: devices:write.")
  static final class Off extends Turn {
    Off(Surroundings here) {
      super(here, false);
    }
  }

  @Command(name = "enable", description = "Let a device in again. Scope: devices:write.")
  static final class On extends Turn {
    On(Surroundings here) {
      super(here, true);
    }
  }

  @Command(
      name = "delete",
      description = {
        "Delete a device with its tokens, commands and history. Scope: devices:write.",
        "To be certain, give its id twice. Its readings stay until retention drops them."
      })
  static final class Delete implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "AGAIN", description = "The device's id once more.")
    private String again = "";

    Delete(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      if (!device.equals(again)) {
        throw CliException.usage("Nothing is deleted: the two ids differ");
      }
      try (HubClient client = hub.client(here)) {
        client.delete(path(device));
      }
      here.say("Deleted %s.".formatted(device));
      return 0;
    }
  }
}
