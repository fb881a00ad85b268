package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub command …}, of commands that were sent. */
final class CommandCommands {
  private CommandCommands() {}

  /** Which one. */
  static final class Which {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "COMMAND-ID", description = "The command's id.")
    private String id = "";

    String path() {
      return "/api/v1/devices/%s/commands/%s"
          .formatted(HubClient.escape(device), HubClient.escape(id));
    }
  }

  @Command(
      name = "show",
      description =
          "Show where a command is, why, and how it came there. Scope: devices:read or commands:send.")
  static final class Show implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();
    @Mixin private final Which which = new Which();

    Show(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        print(here, hub, client.get(which.path()));
      }
      return 0;
    }
  }

  @Command(
      name = "cancel",
      description = "Cancel a command that its device does not have yet. Scope: commands:send.")
  static final class Cancel implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();
    @Mixin private final Which which = new Which();

    Cancel(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      try (HubClient client = hub.client(here)) {
        print(here, hub, client.post(which.path() + "/cancel", Map.of(), Map.of()));
      }
      return 0;
    }
  }

  @Command(
      name = "retry",
      description = {
        "Send a command that has ended, and not succeeded, once more. Scope: commands:send.",
        "It becomes a new command with an id of its own."
      })
  static final class Retry implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();
    @Mixin private final Which which = new Which();

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        description = "How long it may wait to be answered, such as PT1H (default: as before).")
    private @Nullable String ttl;

    @Option(
        names = "--idempotency-key",
        paramLabel = "TEXT",
        description = "The same key sent again returns the same command.")
    private @Nullable String idempotencyKey;

    Retry(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      Map<String, Object> body = ttl == null ? Map.of() : Map.of("ttl", ttl);
      Map<String, String> headers =
          idempotencyKey == null ? Map.of() : Map.of("Idempotency-Key", idempotencyKey);
      try (HubClient client = hub.client(here)) {
        print(here, hub, client.post(which.path() + "/retry", body, headers));
      }
      return 0;
    }
  }

  @Command(
      name = "list",
      description =
          "List commands of the whole fleet, newest first. Scope: devices:read or commands:send.")
  static final class Listed implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Option(names = "--device", paramLabel = "DEVICE", description = "Only those of this device.")
    private @Nullable String device;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description =
            "Only queued, sent, received, succeeded, failed, rejected, expired, cancelled or"
                + " undeliverable ones.")
    private @Nullable String state;

    @Option(names = "--name", paramLabel = "NAME", description = "Only those of this name.")
    private @Nullable String name;

    @Option(names = "--job", paramLabel = "JOB-ID", description = "Only those of this job.")
    private @Nullable String job;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: 50).")
    private int limit = 50;

    Listed(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      new Listing("/api/v1/commands")
          .with("device", device)
          .with("state", state)
          .with("name", name)
          .with("job", job)
          .most(limit)
          .print(here, hub, List.of("COMMAND", "DEVICE", "NAME", "STATE", "SINCE"), Listed::row);
      return 0;
    }

    private static List<String> row(JsonNode command) {
      return List.of(
          command.path("id").asString(""),
          command.path("device").asString(""),
          command.path("name").asString(""),
          command.path("state").asString(""),
          command.path("changedAt").asString(""));
    }
  }

  /** The command, why it is where it is, its answer, and its way as far as the hub tells it. */
  static void print(Surroundings here, HubOptions hub, JsonNode command) {
    if (hub.json) {
      here.out().println(command);
      return;
    }
    here.out()
        .printf(
            "%s %s to %s: %s%n",
            command.path("id").asString(""),
            command.path("name").asString(""),
            command.path("device").asString(""),
            command.path("state").asString(""));
    Stream.of(command.path("why"), command.path("result").path("message"))
        .map(text -> text.asString(""))
        .filter(text -> !text.isEmpty())
        .forEach(here.out()::println);
    if (command.path("result").has("payload")) {
      here.out().println(command.path("result").path("payload").toPrettyString());
    }
    if (command.has("transitions")) {
      Table.print(
          here.out(),
          List.of("AT", "STATE", "CAUSE"),
          command.path("transitions").valueStream().map(CommandCommands::transition).toList());
    }
  }

  private static List<String> transition(JsonNode transition) {
    return List.of(
        transition.path("at").asString(""),
        transition.path("state").asString(""),
        transition.path("cause").asString(""));
  }
}
