package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub node …}. */
final class NodeCommands {
  private static final String NODES = "/api/v1/nodes";

  private NodeCommands() {}

  @Command(
      name = "list",
      description = "List the hubs that share the database. Scope: devices:read.")
  static final class Listed implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    Listed(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        List<JsonNode> nodes = new ArrayList<>();
        client.get(NODES).path("items").forEach(nodes::add);
        if (hub.json) {
          nodes.forEach(node -> here.out().println(node.toString()));
        } else {
          Table.print(
              here.out(),
              List.of("NODE", "STATE", "DEVICES", "READINGS/S", "VERSION", "STARTED", "PROBLEM"),
              nodes.stream().map(Listed::row).toList());
        }
        here.out().flush();
      }
      return 0;
    }

    private static List<String> row(JsonNode node) {
      return List.of(
          node.path("name").asString(""),
          node.path("state").asString(""),
          node.path("sessions").asString(""),
          "%.0f".formatted(node.path("readingsPerSecond").asDouble(0)),
          node.path("version").asString(""),
          node.path("startedAt").asString(""),
          node.path("problem").asString(""));
    }
  }

  @Command(
      name = "drain",
      description = {
        "Send a hub's devices to the others, and let it take no more. Scope: admin.",
        "Stop it once node list says that it has no devices."
      })
  static final class Drain extends OneNode {
    Drain(Surroundings here) {
      super(here);
    }

    @Override
    String verb() {
      return "drain";
    }
  }

  @Command(name = "resume", description = "Let a drained hub take devices again. Scope: admin.")
  static final class Resume extends OneNode {
    Resume(Surroundings here) {
      super(here);
    }

    @Override
    String verb() {
      return "resume";
    }
  }

  abstract static class OneNode implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "NODE", description = "Its node.name.")
    private String node = "";

    OneNode(Surroundings here) {
      this.here = here;
    }

    abstract String verb();

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        String path = NODES + "/" + HubClient.escape(node) + "/" + verb();
        JsonNode now = client.post(path, Map.of(), Map.of());
        String sessions = now.path("sessions").asString("");
        here.out()
            .println(
                hub.json
                    ? now.toString()
                    : "%s is %s, with %s %s"
                        .formatted(
                            now.path("name").asString(""),
                            now.path("state").asString(""),
                            sessions,
                            sessions.equals("1") ? "device" : "devices"));
        here.out().flush();
      }
      return 0;
    }
  }
}
