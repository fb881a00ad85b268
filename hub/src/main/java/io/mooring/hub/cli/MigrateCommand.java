package io.mooring.hub.cli;

import io.mooring.hub.db.Migrations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "migrate",
    description = "Bring the database of the settings to this hub's schema, and say what was done.")
final class MigrateCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final ConfigOptions options = new ConfigOptions();

  MigrateCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    try (OpenDatabase open = OpenDatabase.of(options.config(here, null), here::say)) {
      Migrations.Outcome outcome = Migrations.run(open.database());
      outcome.applied().forEach(step -> here.out().println("applied " + step));
      here.out()
          .println(
              outcome.applied().isEmpty()
                  ? "Nothing to do: the schema is at " + outcome.version() + "."
                  : "The schema is now at " + outcome.version() + ".");
      return 0;
    }
  }
}
