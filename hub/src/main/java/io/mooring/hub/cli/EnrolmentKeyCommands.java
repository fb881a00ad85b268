package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub enrolment-key …}. */
final class EnrolmentKeyCommands {
  private static final String KEYS = "/api/v1/enrolment-keys";

  private EnrolmentKeyCommands() {}

  @Command(
      name = "create",
      description = {
        "Issue an enrolment key and print it: it is shown only now. Scope: devices:write.",
        "A new device registers itself with it by POST /api/v1/enrol and gets its token."
      })
  static final class Create implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Option(names = "--name", paramLabel = "TEXT", required = true, description = "What it is for.")
    private String name = "";

    @Option(
        names = "--uses",
        paramLabel = "N",
        required = true,
        description = "How many devices may enrol with it.")
    private int uses;

    @Option(
        names = "--tag",
        paramLabel = "KEY=VALUE",
        description = "A tag that its devices get; repeat it for several.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Option(
        names = "--id-prefix",
        paramLabel = "TEXT",
        description = "What the ids of its devices begin with (default: anything).")
    private @Nullable String idPrefix;

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z (default: never).")
    private @Nullable String expires;

    Create(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("maxUses", uses);
      body.put("tags", tags);
      if (idPrefix != null) {
        body.put("idPrefix", idPrefix);
      }
      if (expires != null) {
        body.put("expiresAt", expires);
      }
      try (HubClient client = hub.client(here)) {
        JsonNode key = client.post(KEYS, body, Map.of());
        here.out().println(hub.json ? key.toString() : key.path("key").asString(""));
      }
      return 0;
    }
  }

  @Command(name = "list", description = "List the enrolment keys. Scope: devices:write.")
  static final class Listing implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    Listing(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      List<JsonNode> keys = new ArrayList<>();
      try (HubClient client = hub.client(here)) {
        client.get(KEYS).path("items").forEach(keys::add);
      }
      if (hub.json) {
        keys.forEach(key -> here.out().println(key.toString()));
      } else {
        Table.print(
            here.out(),
            List.of("KEY", "NAME", "USES", "IDS", "EXPIRES", "REVOKED"),
            keys.stream().map(Listing::row).toList());
      }
      return 0;
    }

    private static List<String> row(JsonNode key) {
      return List.of(
          key.path("id").asString(""),
          key.path("name").asString(""),
          key.path("uses").asString("") + " of " + key.path("maxUses").asString(""),
          key.path("idPrefix").asString("") + "…",
          key.path("expiresAt").asString("never"),
          key.path("revokedAt").asString("-"));
    }
  }

  @Command(
      name = "revoke",
      description =
          "Revoke an enrolment key; devices it has registered stay. Scope: devices:write.")
  static final class Revoke implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "KEY-ID", description = "The key's id, not its secret.")
    private String id = "";

    Revoke(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        client.delete(KEYS + "/" + HubClient.escape(id));
      }
      here.say("Revoked enrolment key " + id + ".");
      return 0;
    }
  }
}
