package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "reset-password",
    description = {
      "Give a user a new one-time password, print it, and end the user's sessions.",
      HubOrDatabase.HOW
    })
final class UserResetPasswordCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOrDatabase where = new HubOrDatabase();

  @Parameters(paramLabel = "NAME", description = "The user's name.")
  private String name = "";

  UserResetPasswordCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    JsonNode user =
        where.ask(
            here,
            client ->
                client.post(
                    "/api/v1/users/" + HubClient.escape(name) + "/reset-password",
                    Map.of(),
                    Map.of()),
            access ->
                UserJson.of(access.resetPassword(name).orElseThrow(() -> UserJson.unknown(name))));
    UserJson.printPassword(here, where.hub.json, user);
    return 0;
  }
}
