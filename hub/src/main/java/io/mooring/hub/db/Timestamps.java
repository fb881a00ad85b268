package io.mooring.hub.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Columns of type {@code timestamptz} as instants. PostgreSQL keeps microseconds. */
public final class Timestamps {
  /** Microseconds from 1970-01-01 to 2000-01-01, from where PostgreSQL counts them. */
  public static final long POSTGRES_EPOCH_US = 946_684_800_000_000L;

  private Timestamps() {}

  /** The instant as a column keeps it: what is told before it is read back must be the same. */
  public static Instant kept(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /** The column's value, which must not be null. */
  public static Instant get(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** The column's value, or null. */
  public static @Nullable Instant getOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  /** What {@code setObject} takes for an instant. */
  public static OffsetDateTime of(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  /** What {@code setObject} takes for an instant that may be missing. */
  public static @Nullable OffsetDateTime ofNullable(@Nullable Instant instant) {
    return instant == null ? null : of(instant);
  }
}
