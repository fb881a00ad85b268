package io.mooring.hub.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(name = "list", description = "List all devices with their presence. Scope: devices:read.")
final class DeviceListCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOptions hub = new HubOptions();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only online, suspect, offline or never-seen ones.")
  private @Nullable String state;

  @Option(
      names = "--tag",
      paramLabel = "KEY=VALUE",
      description = "Only with this tag; repeatable.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--token",
      paramLabel = "TOKEN-ID",
      description = "Only the device of this token, valid or not; its id, not its secret.")
  private @Nullable String token;

  DeviceListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    new Listing("/api/v1/devices")
        .with("state", state)
        .with("tag", tags)
        .with("token", token)
        .print(
            here, hub, List.of("DEVICE", "STATE", "SINCE", "NAME", "TAGS"), DeviceListCommand::row);
    return 0;
  }

  private static List<String> row(JsonNode device) {
    List<String> tags = new ArrayList<>();
    device
        .path("tags")
        .properties()
        .forEach(tag -> tags.add(tag.getKey() + "=" + tag.getValue().asString("")));
    return List.of(
        device.path("id").asString(""),
        device.path("presence").path("state").asString(""),
        device.path("presence").path("since").asString("-"),
        device.path("name").asString(""),
        String.join(" ", tags));
  }
}
