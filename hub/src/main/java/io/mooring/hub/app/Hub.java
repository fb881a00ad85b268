package io.mooring.hub.app;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.db.Database;
import java.net.URI;

/** A running hub. */
@SuppressWarnings({"DoNotCallSuggester", "unused"}) // a stub until the wiring is merged
public final class Hub implements AutoCloseable {
  private Hub() {}

  /** Starts a hub on a migrated database; returns once it answers. */
  public static Hub start(HubConfig config, Database database) {
    throw new UnsupportedOperationException("the wiring is not merged yet");
  }

  /** Where people and programs reach it, such as {@code http://127.0.0.1:7070}. */
  public URI uri() {
    throw new UnsupportedOperationException();
  }

  public int port() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
