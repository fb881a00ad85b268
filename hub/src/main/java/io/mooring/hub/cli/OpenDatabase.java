package io.mooring.hub.cli;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.ShownUrl;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.EmbeddedPostgres;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The database of the settings: the operator's own, or the embedded one, started for it. */
record OpenDatabase(Database database, @Nullable EmbeddedPostgres embedded)
    implements AutoCloseable {
  static OpenDatabase of(HubConfig config, Consumer<String> progress) {
    HubConfig.Postgres own = config.database();
    if (own != null) {
      return new OpenDatabase(open(own.url(), own.user(), own.password(), own.poolSize()), null);
    }
    EmbeddedPostgres embedded =
        EmbeddedPostgres.start(config.data().resolve("postgresql"), progress);
    try {
      return new OpenDatabase(
          open(embedded.url(), embedded.user(), embedded.password(), HubConfig.POOL_SIZE),
          embedded);
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  private static Database open(String url, String user, String password, int poolSize) {
    try {
      return Database.open(url, user, password, poolSize);
    } catch (RuntimeException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      String shown = ShownUrl.of(url);
      String why = Objects.toString(root.getMessage(), root.toString()).replace(url, shown);
      throw new CliException(
          "The database cannot be reached: %s%n  database.url=%s database.user=%s"
              .formatted(why, shown, user));
    }
  }

  @Override
  public void close() {
    database.close();
    if (embedded != null) {
      embedded.close();
    }
  }
}
