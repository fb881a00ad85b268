package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = "Revoke a token and end the session it opened. Scope: devices:write.")
final class TokenRevokeCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOptions hub = new HubOptions();

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
  private String device = "";

  @Parameters(index = "1", paramLabel = "TOKEN-ID", description = "The token's id, not its secret.")
  private String token = "";

  TokenRevokeCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (HubClient client = hub.client(here)) {
      client.delete(
          "/api/v1/devices/%s/tokens/%s"
              .formatted(HubClient.escape(device), HubClient.escape(token)));
    }
    here.say("Revoked token %s of %s.".formatted(token, device));
    return 0;
  }
}
