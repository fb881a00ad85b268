package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "create",
    description = {
      "Add a user and print a one-time password, which must be changed at the first sign-in.",
      HubOrDatabase.HOW
    })
final class UserCreateCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOrDatabase where = new HubOrDatabase();

  @Parameters(paramLabel = "NAME", description = "1 to 64 of A-Z a-z 0-9 . _ @ -")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      description = "viewer, operator or admin.")
  private String role = "";

  UserCreateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    JsonNode user =
        where.ask(
            here,
            client -> client.post("/api/v1/users", Map.of("name", name, "role", role), Map.of()),
            this::onDatabase);
    UserJson.printPassword(here, where.hub.json, user);
    return 0;
  }

  private JsonNode onDatabase(FirstAccess access) {
    try {
      return UserJson.of(
          access
              .createUser(name, role)
              .orElseThrow(
                  () ->
                      new CliException(
                          "A user " + name + " exists already. Choose another name.")));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }
}
