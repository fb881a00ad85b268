package io.mooring.hub.db;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Columns of a list of things as SQL arrays, for statements that work on {@code unnest(…)}. */
public final class SqlArrays<T extends @Nullable Object> {
  private final Connection connection;
  private final List<T> rows;

  public SqlArrays(Connection connection, List<T> rows) {
    this.connection = connection;
    this.rows = rows;
  }

  public Array ints(ToIntFunction<T> column) throws SQLException {
    return connection.createArrayOf("int4", column(Integer.class, column::applyAsInt));
  }

  public Array longs(ToLongFunction<T> column) throws SQLException {
    return connection.createArrayOf("int8", column(Long.class, column::applyAsLong));
  }

  public Array longsOrNull(Function<T, @Nullable Long> column) throws SQLException {
    return connection.createArrayOf("int8", column(Long.class, column));
  }

  public Array booleansOrNull(Function<T, @Nullable Boolean> column) throws SQLException {
    return connection.createArrayOf("bool", column(Boolean.class, column));
  }

  public Array texts(Function<T, @Nullable String> column) throws SQLException {
    return connection.createArrayOf("text", column(String.class, column));
  }

  public Array uuids(Function<T, @Nullable UUID> column) throws SQLException {
    return connection.createArrayOf("uuid", column(UUID.class, column));
  }

  public Array bytes(Function<T, byte @Nullable []> column) throws SQLException {
    return connection.createArrayOf("bytea", column(byte[].class, column));
  }

  public Array times(Function<T, Instant> column) throws SQLException {
    return connection.createArrayOf(
        "timestamptz", column(String.class, row -> column.apply(row).toString()));
  }

  @SuppressWarnings("unchecked")
  private <C> @Nullable C[] column(Class<C> type, Function<T, @Nullable C> column) {
    @Nullable C[] values = (C[]) java.lang.reflect.Array.newInstance(type, rows.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    return values;
  }
}
