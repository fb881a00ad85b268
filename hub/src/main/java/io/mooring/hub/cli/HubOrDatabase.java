package io.mooring.hub.cli;

import io.mooring.hub.app.FirstAccess;
import io.mooring.hub.client.HubClient;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Migrations;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/**
 * Options of commands that ask a running hub, where one or a key is named, or else work straight on
 * the database of the settings.
 */
final class HubOrDatabase {
  static final String HOW =
      "With --url or a key: through a running hub (scope: admin). Otherwise straight on the database"
          + " of the settings; an embedded database must not be in use by a hub then.";

  @Mixin final HubOptions hub = new HubOptions();
  @Mixin private final ConfigOptions options = new ConfigOptions();

  <T> T ask(
      Surroundings here, Function<HubClient, T> throughHub, Function<FirstAccess, T> onDatabase) {
    if (hub.given(here)) {
      try (HubClient client = hub.client(here)) {
        return throughHub.apply(client);
      }
    }
    HubConfig config = options.config(here, null);
    try (OpenDatabase open = OpenDatabase.of(config, here::say)) {
      Migrations.requireCurrent(open.database());
      return onDatabase.apply(FirstAccess.on(open.database(), config.access()));
    }
  }
}
