package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "send",
    description = {
      "Send a command to a device. Scope: commands:send.",
      "Without --wait: exit code 0 once the hub has stored it. With --wait: 0 when it succeeded,"
          + " 1 when it ended otherwise or has not ended in time."
    })
final class CommandSendCommand implements Callable<Integer> {
  private static final int LONGEST_WAIT = 60;
  private static final Set<String> OPEN = Set.of("queued", "sent", "received");

  private final Surroundings here;
  @Mixin private final HubOptions hub = new HubOptions();

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
  private String device = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The command, such as ping.")
  private String name = "";

  @Option(names = "--payload", paramLabel = "JSON", description = "Any JSON value.")
  private @Nullable String payload;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long it may wait to be answered, such as PT1H (default: P1D).")
  private @Nullable String ttl;

  @Option(
      names = "--wait",
      paramLabel = "N",
      description = "Wait up to N seconds, at most 60, for the outcome (default: 0).")
  private int wait;

  @Option(
      names = "--idempotency-key",
      paramLabel = "TEXT",
      description = "The same key sent again returns the same command.")
  private @Nullable String idempotencyKey;

  CommandSendCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    if (wait < 0 || wait > LONGEST_WAIT) {
      throw CliException.usage("--wait: " + wait + " is out of range; allowed: 0 to 60 seconds");
    }
    Map<String, String> headers = new LinkedHashMap<>();
    if (wait > 0) {
      headers.put("Prefer", "wait=" + wait);
    }
    if (idempotencyKey != null) {
      headers.put("Idempotency-Key", idempotencyKey);
    }
    JsonNode command;
    try (HubClient client = hub.client(here)) {
      command =
          client.post("/api/v1/devices/" + HubClient.escape(device) + "/commands", body(), headers);
    }
    CommandCommands.print(here, hub, command);
    String state = command.path("state").asString("");
    if (wait > 0 && OPEN.contains(state)) {
      here.err()
          .printf(
              "Not ended within %d s, so its outcome is not known yet. The command stays %s; do not"
                  + " send it again.%n",
              wait, state);
    }
    return wait == 0 || state.equals("succeeded") ? 0 : Cli.REFUSED;
  }

  private Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    if (payload != null) {
      try {
        body.put("payload", JsonMapper.shared().readTree(payload));
      } catch (JacksonException e) {
        throw CliException.usage("--payload is no JSON: " + e.getOriginalMessage());
      }
    }
    if (ttl != null) {
      body.put("ttl", ttl);
    }
    return body;
  }
}
