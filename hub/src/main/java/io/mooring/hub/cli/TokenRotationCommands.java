package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub token rotate} and {@code hub token rotations}. */
final class TokenRotationCommands {
  private static final String ROTATIONS = "/api/v1/rotations";

  private TokenRotationCommands() {}

  @Command(
      name = "rotate",
      description = {
        "Have devices take another token inside their sessions. Scope: devices:write.",
        "Name devices, or --tag, or --all. A device's token is revoked once it is back with the other."
      })
  static final class Rotate implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "DEVICE", arity = "0..*", description = "The devices' ids.")
    private List<String> devices = new ArrayList<>();

    @Option(
        names = "--tag",
        paramLabel = "KEY=VALUE",
        description = "All devices with this tag; repeat it for those that have all of them.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Option(names = "--all", description = "All devices.")
    private boolean all;

    @Option(names = "--cancel", description = "Ask no longer those that are not done.")
    private boolean cancel;

    Rotate(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      int ways = (devices.isEmpty() ? 0 : 1) + (tags.isEmpty() ? 0 : 1) + (all ? 1 : 0);
      if (ways != 1) {
        throw CliException.usage("Name devices, or give --tag KEY=VALUE, or --all.");
      }
      Map<String, Object> body =
          devices.isEmpty() ? Map.of("tags", tags) : Map.of("devices", devices);
      try (HubClient client = hub.client(here)) {
        JsonNode asked = client.post(cancel ? ROTATIONS + "/cancel" : ROTATIONS, body, Map.of());
        if (hub.json) {
          here.out().println(asked);
        } else {
          String done =
              cancel
                  ? "%s devices are not asked any more."
                  : "Asked for %s devices. Who is not done: hub token rotations --state open";
          here.say(done.formatted(asked.path("devices").asString("")));
        }
      }
      return 0;
    }
  }

  @Command(
      name = "rotations",
      description = "List devices that were asked to take another token. Scope: devices:read.")
  static final class Rotations implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only open (all but done), asked, unable, handed-over, stored or done ones.")
    private @Nullable String state;

    @Option(
        names = "--tag",
        paramLabel = "KEY=VALUE",
        description = "Only with this tag; repeatable.")
    private List<String> tags = new ArrayList<>();

    Rotations(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      JsonNode page =
          new Listing(ROTATIONS)
              .with("state", state)
              .with("tag", tags)
              .print(
                  here,
                  hub,
                  List.of("DEVICE", "STATE", "SINCE", "SENT", "PRESENCE"),
                  Rotations::row);
      if (!hub.json) {
        List<String> counts = new ArrayList<>();
        page.path("counts")
            .properties()
            .forEach(one -> counts.add(one.getKey() + " " + one.getValue().asString("")));
        here.say(String.join(", ", counts));
      }
      return 0;
    }

    private static List<String> row(JsonNode device) {
      return List.of(
          device.path("device").asString(""),
          device.path("state").asString(""),
          device.path("changedAt").asString(""),
          device.path("handOvers").asString(""),
          device.path("presence").asString(""));
    }
  }
}
