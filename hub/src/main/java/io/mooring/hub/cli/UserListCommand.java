package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
    name = "list",
    description = {"List all users with their roles.", HubOrDatabase.HOW})
final class UserListCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOrDatabase where = new HubOrDatabase();

  UserListCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    List<JsonNode> users =
        where.ask(
            here,
            client -> {
              List<JsonNode> all = new ArrayList<>();
              client.get("/api/v1/users").path("items").forEach(all::add);
              return all;
            },
            UserListCommand::onDatabase);
    if (where.hub.json) {
      users.forEach(here.out()::println);
    } else {
      Table.print(
          here.out(),
          List.of("USER", "ROLE", "STATE", "LAST SIGN-IN"),
          users.stream().map(UserListCommand::row).toList());
    }
    return 0;
  }

  private static List<JsonNode> onDatabase(FirstAccess access) {
    return access.users().stream().<JsonNode>map(UserJson::of).toList();
  }

  private static List<String> row(JsonNode user) {
    return List.of(
        user.path("name").asString(""),
        user.path("role").asString(""),
        state(user),
        user.path("lastSignInAt").asString("never"));
  }

  private static String state(JsonNode user) {
    if (!user.path("enabled").asBoolean(true)) {
      return "disabled";
    }
    return user.path("passwordChangeRequired").asBoolean(false) ? "one-time password" : "enabled";
  }
}
