package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.client.HubClient;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = {
      "Issue an API key and print it: it is shown only now. So the first key is made, too.",
      HubOrDatabase.HOW
    })
final class KeyCreateCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final HubOrDatabase where = new HubOrDatabase();

  @Option(names = "--name", paramLabel = "TEXT", required = true, description = "Whom it is for.")
  private String name = "";

  @Option(
      names = "--scope",
      paramLabel = "SCOPE",
      required = true,
      split = ",",
      description =
          "devices:read, devices:write, commands:send, telemetry:read or admin; repeat it or"
              + " separate by commas.")
  private List<String> scopes = List.of();

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "When it ends, such as 2027-01-31T00:00:00Z (default: never).")
  private @Nullable String expires;

  KeyCreateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    String key = where.ask(here, this::throughHub, this::onDatabase);
    here.out()
        .println(where.hub.json ? "{\"name\":\"%s\",\"key\":\"%s\"}".formatted(name, key) : key);
    return 0;
  }

  private String throughHub(HubClient client) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("scopes", scopes);
    if (expires != null) {
      body.put("expiresAt", expires);
    }
    return client.post("/api/v1/keys", body, Map.of()).path("key").asString("");
  }

  private String onDatabase(FirstAccess access) {
    try {
      Instant end = expires == null ? null : OffsetDateTime.parse(expires).toInstant();
      return access.issueKey(name, scopes, end);
    } catch (DateTimeException e) {
      throw CliException.usage(
          "--expires: " + expires + " is no time such as 2027-01-31T00:00:00Z");
    } catch (IllegalArgumentException e) {
      throw CliException.usage("No key was made: " + e.getMessage());
    }
  }
}
