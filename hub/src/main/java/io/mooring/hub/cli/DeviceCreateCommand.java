package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(name = "create", description = "Register a device. Scope: devices:write.")
final class DeviceCreateCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOptions hub = new HubOptions();

  @Parameters(paramLabel = "DEVICE", description = "Its id: 1 to 64 of A-Z a-z 0-9 . _ : -")
  private String id = "";

  @Option(names = "--name", paramLabel = "TEXT", description = "Display name (default: the id).")
  private @Nullable String name;

  @Option(names = "--tag", paramLabel = "KEY=VALUE", description = "A tag; repeat it for several.")
  private Map<String, String> tags = new LinkedHashMap<>();

  DeviceCreateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id);
    if (name != null) {
      body.put("name", name);
    }
    if (!tags.isEmpty()) {
      body.put("tags", tags);
    }
    try (HubClient client = hub.client(here)) {
      JsonNode device = client.post("/api/v1/devices", body, Map.of());
      here.out()
          .println(
              hub.json
                  ? device.toString()
                  : "Registered %s. Next: hub token create %s".formatted(id, id));
    }
    return 0;
  }
}
