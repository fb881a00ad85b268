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

@Command(
    name = "create",
    description = {
      "Issue a device token and print it: it is shown only now. Scope: devices:write.",
      "The token alone goes to standard output, so that it can be redirected to a file."
    })
final class TokenCreateCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOptions hub = new HubOptions();

  @Parameters(paramLabel = "DEVICE", description = "The device's id.")
  private String device = "";

  @Option(names = "--name", paramLabel = "TEXT", description = "What the token is for.")
  private @Nullable String name;

  @Option(
      names = "--not-before",
      paramLabel = "TIME",
      description = "From when it is valid, such as 2027-01-01T00:00:00Z (default: now).")
  private @Nullable String notBefore;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When it ends, such as 2027-01-31T00:00:00Z (default: never).")
  private @Nullable String expires;

  TokenCreateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    if (name != null) {
      body.put("name", name);
    }
    if (notBefore != null) {
      body.put("notBefore", notBefore);
    }
    if (expires != null) {
      body.put("expiresAt", expires);
    }
    try (HubClient client = hub.client(here)) {
      JsonNode token =
          client.post("/api/v1/devices/" + HubClient.escape(device) + "/tokens", body, Map.of());
      if (hub.json) {
        here.out().println(token);
      } else {
        here.say("Token %s of %s:".formatted(token.path("id").asString(""), device));
        here.out().println(token.path("token").asString(""));
      }
    }
    return 0;
  }
}
