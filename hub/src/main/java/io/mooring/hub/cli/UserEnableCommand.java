package io.mooring.hub.cli;

import io.mooring.hub.access.Users.Outcome;
import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.client.HubClient;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Turns a user off or on. */
abstract sealed class UserEnableCommand implements Callable<Integer> {
  @Command(
      name = "disable",
      description = {
        "Turn a user off: no sign-in any more, and all sessions end.",
        HubOrDatabase.HOW
      })
  static final class Off extends UserEnableCommand {
    Off(Surroundings here) {
      super(here, false);
    }
  }

  @Command(
      name = "enable",
      description = {"Let a disabled user sign in again.", HubOrDatabase.HOW})
  static final class On extends UserEnableCommand {
    On(Surroundings here) {
      super(here, true);
    }
  }

  private final Surroundings here;
  private final boolean enabled;
  @Mixin private final HubOrDatabase where = new HubOrDatabase();

  @Parameters(paramLabel = "NAME", description = "The user's name.")
  private String name = "";

  private UserEnableCommand(Surroundings here, boolean enabled) {
    this.here = here;
    this.enabled = enabled;
  }

  @Override
  public Integer call() {
    JsonNode user =
        where.ask(
            here,
            client ->
                client.patch("/api/v1/users/" + HubClient.escape(name), Map.of("enabled", enabled)),
            this::onDatabase);
    here.out()
        .println(
            where.hub.json
                ? user.toString()
                : "%s is %s.".formatted(name, enabled ? "enabled" : "disabled"));
    return 0;
  }

  private JsonNode onDatabase(FirstAccess access) {
    return switch (access.enableUser(name, enabled)) {
      case Outcome.Done(var user) -> UserJson.of(user);
      case Outcome.Unknown() -> throw UserJson.unknown(name);
      // Any version will do, so none is stale.
      case Outcome.Stale() -> throw new IllegalStateException("there is no such version");
      case Outcome.LastAdmin() ->
          throw new CliException(
              name + " is the last admin who may sign in. Make another user an admin first.");
    };
  }
}
