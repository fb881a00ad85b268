package io.mooring.hub.db;

import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL cannot be used; the message says why and what to do. */
public final class EmbeddedPostgresException extends RuntimeException {
  public EmbeddedPostgresException(String message) {
    super(message);
  }

  public EmbeddedPostgresException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
