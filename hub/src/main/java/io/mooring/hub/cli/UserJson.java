package io.mooring.hub.cli;

import io.mooring.hub.access.User;
import io.mooring.hub.access.Users;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Users as a hub's API shows them, for what comes straight from the database; and for people. */
final class UserJson {
  private UserJson() {}

  static ObjectNode of(User user) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("name", user.name())
            .put("role", user.role().text())
            .put("enabled", user.enabled())
            .put("createdAt", user.createdAt().toString())
            .put("passwordChangeRequired", user.mustChangePassword());
    if (user.lastSignInAt() != null) {
      json.put("lastSignInAt", user.lastSignInAt().toString());
    }
    if (user.passwordExpiresAt() != null) {
      json.put("passwordExpiresAt", user.passwordExpiresAt().toString());
    }
    return json;
  }

  static ObjectNode of(Users.Invited invited) {
    return of(invited.user()).put("oneTimePassword", invited.password());
  }

  /** Where one user was asked for. */
  static CliException unknown(String name) {
    return new CliException("No user has the name " + name + ". See: hub user list");
  }

  /** The password alone goes to standard output, so that it can be redirected to a file. */
  static void printPassword(Surroundings here, boolean asJson, JsonNode user) {
    if (asJson) {
      here.out().println(user);
      return;
    }
    here.say(
        "One-time password of %s, to be changed at the first sign-in until %s:"
            .formatted(
                user.path("name").asString(""), user.path("passwordExpiresAt").asString("")));
    here.out().println(user.path("oneTimePassword").asString(""));
  }
}
