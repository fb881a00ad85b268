package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub token list}, {@code hub key list} and {@code hub key revoke}. */
final class CredentialLists {
  private static final String KEYS = "/api/v1/keys";

  private CredentialLists() {}

  @Command(
      name = "list",
      description = "List a device's tokens, also those that are over. Scope: devices:write.")
  static final class Tokens implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    Tokens(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      print(
          here,
          hub,
          "/api/v1/devices/" + HubClient.escape(device) + "/tokens",
          List.of("TOKEN", "NAME", "STATE", "FROM", "EXPIRES", "LAST USED"),
          token ->
              List.of(
                  token.path("id").asString(""),
                  token.path("name").asString(""),
                  state(token),
                  token.path("notBefore").asString("-"),
                  token.path("expiresAt").asString("never"),
                  token.path("lastUsedAt").asString("never")));
      return 0;
    }
  }

  @Command(
      name = "list",
      description = "List the API keys, also those that are over. Scope: admin.")
  static final class Keys implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    Keys(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      print(
          here,
          hub,
          KEYS,
          List.of("KEY", "NAME", "STATE", "SCOPES", "EXPIRES", "LAST USED"),
          key -> {
            List<String> scopes = new ArrayList<>();
            key.path("scopes").forEach(scope -> scopes.add(scope.asString("")));
            return List.of(
                key.path("id").asString(""),
                key.path("name").asString(""),
                state(key),
                String.join(",", scopes),
                key.path("expiresAt").asString("never"),
                key.path("lastUsedAt").asString("never"));
          });
      return 0;
    }
  }

  @Command(name = "revoke", description = "Revoke an API key at once. Scope: admin.")
  static final class RevokeKey implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "KEY-ID", description = "The key's id, not its secret.")
    private String id = "";

    RevokeKey(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        client.delete(KEYS + "/" + HubClient.escape(id));
      }
      here.say("Revoked API key " + id + ".");
      return 0;
    }
  }

  private static void print(
      Surroundings here,
      HubOptions hub,
      String path,
      List<String> head,
      Function<JsonNode, List<String>> row) {
    List<JsonNode> items = new ArrayList<>();
    try (HubClient client = hub.client(here)) {
      client.get(path).path("items").forEach(items::add);
    }
    if (hub.json) {
      items.forEach(item -> here.out().println(item.toString()));
    } else {
      Table.print(here.out(), head, items.stream().map(row).toList());
    }
  }

  /** By this machine's clock, in the words of the admin page. */
  private static String state(JsonNode credential) {
    Instant now = Instant.now();
    if (credential.hasNonNull("revokedAt")) {
      return "revoked";
    }
    if (credential.hasNonNull("expiresAt")
        && !now.isBefore(Instant.parse(credential.path("expiresAt").asString()))) {
      return "expired";
    }
    return credential.hasNonNull("notBefore")
            && now.isBefore(Instant.parse(credential.path("notBefore").asString()))
        ? "not yet valid"
        : "valid";
  }
}
