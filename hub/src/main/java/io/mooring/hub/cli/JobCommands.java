package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code hub job …}. */
final class JobCommands {
  private static final String JOBS = "/api/v1/jobs";

  private JobCommands() {}

  @Command(
      name = "list",
      description = "List jobs, newest first. Scope: devices:read or commands:send.")
  static final class Listed implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "Only running, paused, completed, cancelled or aborted ones.")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: 50).")
    private int limit = 50;

    Listed(Surroundings here) {
      this.here = here;
    }

    @Override
    public Integer call() {
      new Listing(JOBS)
          .with("state", state)
          .most(limit)
          .print(
              here,
              hub,
              List.of("JOB", "STATE", "DEVICES", "SUCCEEDED", "COMMAND", "TITLE"),
              Listed::row);
      return 0;
    }

    private static List<String> row(JsonNode job) {
      return List.of(
          job.path("id").asString(""),
          job.path("state").asString(""),
          job.path("counts").path("total").asString(""),
          job.path("counts").path("succeeded").asString(""),
          job.path("command").path("name").asString(""),
          job.path("title").asString(""));
    }
  }

  @Command(
      name = "show",
      description =
          "Show where a job is, why, and its counts. Scope: devices:read or commands:send.")
  static final class Show extends OneJob {
    Show(Surroundings here) {
      super(here);
    }

    @Override
    JsonNode ask(HubClient client, String path) {
      return client.get(path);
    }
  }

  @Command(
      name = "pause",
      description = "Release no more devices until it is resumed. Scope: commands:send.")
  static final class Pause extends OneJob {
    Pause(Surroundings here) {
      super(here);
    }

    @Override
    JsonNode ask(HubClient client, String path) {
      return client.post(path + "/pause", Map.of(), Map.of());
    }
  }

  @Command(name = "resume", description = "Go on with a paused job. Scope: commands:send.")
  static final class Resume extends OneJob {
    Resume(Surroundings here) {
      super(here);
    }

    @Override
    JsonNode ask(HubClient client, String path) {
      return client.post(path + "/resume", Map.of(), Map.of());
    }
  }

  @Command(
      name = "cancel",
      description = {
        "End a job, and cancel its commands that devices do not have yet. Scope: commands:send.",
        "This cannot be undone."
      })
  static final class Cancel extends OneJob {
    Cancel(Surroundings here) {
      super(here);
    }

    @Override
    JsonNode ask(HubClient client, String path) {
      return client.post(path + "/cancel", Map.of(), Map.of());
    }
  }

  /** Asks the hub something of one job, and prints the job as it is then. */
  abstract static class OneJob implements Callable<Integer> {
    private final Surroundings here;
    @Mixin private final HubOptions hub = new HubOptions();

    @Parameters(paramLabel = "JOB-ID", description = "The job's id.")
    private String id = "";

    OneJob(Surroundings here) {
      this.here = here;
    }

    abstract JsonNode ask(HubClient client, String path);

    @Override
    public Integer call() {
      JsonNode job;
      try (HubClient client = hub.client(here)) {
        job = ask(client, JOBS + "/" + HubClient.escape(id));
      }
      if (hub.json) {
        here.out().println(job);
        return 0;
      }
      String command = job.path("command").path("name").asString("");
      here.out()
          .printf(
              "%s %s: %s%n%s%n",
              id,
              job.path("title").asString(command),
              job.path("state").asString(""),
              job.path("why").asString(""));
      Table.print(
          here.out(),
          List.of("DEVICES", "STATE"),
          job.path("counts")
              .propertyStream()
              .filter(count -> count.getValue().asInt(0) > 0)
              .map(count -> List.of(count.getValue().asString(""), count.getKey()))
              .toList());
      return 0;
    }
  }
}
