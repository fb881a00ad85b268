package io.mooring.hub.db;

import io.mooring.hub.db.DatabaseException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks single rows up for many callers at once: while one query runs, those who come meanwhile
 * gather and share the next. A fleet that returns after an outage thus costs one connection and a
 * few hundred queries, not one for each device; a lone caller does not wait. Safe for all threads.
 */
public final class GroupedLookup<K, V> {
  /** Keys in one query, where rows are small. */
  private static final int MOST = 500;

  /** One query for many keys; what is not there is not in the map. */
  @FunctionalInterface
  public interface Query<K, V> {
    Map<K, V> find(Connection connection, List<K> keys) throws SQLException;
  }

  private record Asked<K, V>(K key, CompletableFuture<Optional<V>> answer) {}

  private final Database database;
  private final Query<K, V> query;
  private final int most;
  private final ConcurrentLinkedQueue<Asked<K, V>> asked = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean();

  public GroupedLookup(Database database, Query<K, V> query) {
    this(database, query, MOST);
  }

  /**
   * The same for rows that may be large.
   *
   * @param most keys in one query, whose rows are in memory together
   */
  public GroupedLookup(Database database, Query<K, V> query, int most) {
    this.database = database;
    this.query = query;
    this.most = most;
  }

  /**
   * The row of this key; fails with a {@link DatabaseException} when the database cannot tell. What
   * follows runs on the thread that looks up, so it must not block.
   */
  public CompletableFuture<Optional<V>> find(K key) {
    CompletableFuture<Optional<V>> answer = new CompletableFuture<>();
    asked.add(new Asked<>(key, answer));
    if (running.compareAndSet(false, true)) {
      Thread.ofVirtual().name("lookups").start(this::run);
    }
    return answer;
  }

  /** Callers whose query has not begun. */
  int waiting() {
    return asked.size();
  }

  private void run() {
    while (true) {
      List<Asked<K, V>> group = new ArrayList<>();
      Asked<K, V> next = asked.poll();
      while (next != null) {
        group.add(next);
        next = group.size() < most ? asked.poll() : null;
      }
      answer(group);
      if (asked.isEmpty()) {
        running.set(false);
        // Somebody may have asked just before, and left it to this thread.
        if (asked.isEmpty() || !running.compareAndSet(false, true)) {
          return;
        }
      }
    }
  }

  private void answer(List<Asked<K, V>> group) {
    try {
      List<K> keys = group.stream().map(Asked::key).distinct().toList();
      Map<K, V> found = database.query(connection -> query.find(connection, keys));
      group.forEach(one -> one.answer().complete(Optional.ofNullable(found.get(one.key()))));
    } catch (RuntimeException | Error e) {
      // Whatever it is, it may not end this thread: nobody would be answered any more.
      group.forEach(one -> one.answer().completeExceptionally(e));
      if (e instanceof DatabaseException failed && failed.kind() == Kind.UNAVAILABLE) {
        // Whoever waits would only find out the same, after as long again.
        for (Asked<K, V> next = asked.poll(); next != null; next = asked.poll()) {
          next.answer().completeExceptionally(e);
        }
      }
    }
  }
}
