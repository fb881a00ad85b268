package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
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

  DeviceListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    List<JsonNode> devices = new ArrayList<>();
    try (HubClient client = hub.client(here)) {
      String cursor = "";
      do {
        JsonNode page = client.get(query(cursor));
        page.path("items").forEach(devices::add);
        cursor = page.path("next").asString("");
      } while (!cursor.isEmpty());
    }
    if (hub.json) {
      devices.forEach(device -> here.out().println(device.toString()));
    } else {
      Table.print(
          here.out(),
          List.of("DEVICE", "STATE", "SINCE", "NAME", "TAGS"),
          devices.stream().map(DeviceListCommand::row).toList());
    }
    return 0;
  }

  private String query(String cursor) {
    StringBuilder path = new StringBuilder("/api/v1/devices?limit=1000");
    if (state != null) {
      path.append("&state=").append(HubClient.escape(state));
    }
    tags.forEach(tag -> path.append("&tag=").append(HubClient.escape(tag)));
    if (!cursor.isEmpty()) {
      path.append("&cursor=").append(HubClient.escape(cursor));
    }
    return path.toString();
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
