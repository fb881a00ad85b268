package io.mooring.hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * Two kinds of writes that put numbers into a table {@code t}, some of which misbehave. Their plain
 * INSERT cannot be repeated: it would be refused.
 */
final class NumberWrites {
  static final int WRONG = -1;
  static final int BROKEN = -2;
  static final int FATAL = -3;
  static final int THROWS_AFTERWARDS = -4;

  final List<String> log = new CopyOnWriteArrayList<>();

  /** Names of the threads on which callbacks ran. */
  final List<String> toldOn = new CopyOnWriteArrayList<>();

  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final CountDownLatch atGate = new CountDownLatch(1);
  private volatile CountDownLatch telling = new CountDownLatch(0);
  private final CountDownLatch atTelling = new CountDownLatch(1);

  /** A write of one number. */
  sealed interface Numbered extends Write {
    int n();
  }

  record First(int n, List<String> log, boolean mayWait) implements Numbered {
    @Override
    public int bytes() {
      return 1_000;
    }

    @Override
    public void refused(DatabaseException why) {
      log.add("refused " + n);
    }
  }

  record Second(int n, List<String> log) implements Numbered {
    @Override
    public int bytes() {
      return 1_000;
    }

    @Override
    public void refused(DatabaseException why) {
      log.add("refused " + n);
    }
  }

  First first(int n) {
    return new First(n, log, false);
  }

  First patient(int n) {
    return new First(n, log, true);
  }

  Second second(int n) {
    return new Second(n, log);
  }

  Write.Kind<First> firstKind() {
    return new NumberedKind<>(First.class, "first");
  }

  Write.Kind<Second> secondKind() {
    return new NumberedKind<>(Second.class, "second");
  }

  void closeGate() {
    gate = new CountDownLatch(1);
  }

  void openGate() {
    gate.countDown();
  }

  void awaitAtGate() {
    await(atGate);
  }

  /** Callbacks wait from now on. */
  void closeTelling() {
    telling = new CountDownLatch(1);
  }

  void openTelling() {
    telling.countDown();
  }

  void awaitTelling() {
    await(atTelling);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class NumberedKind<W extends Numbered> implements Write.Kind<W> {
    private final Class<W> type;
    private final String name;

    NumberedKind(Class<W> type, String name) {
      this.type = type;
      this.name = name;
    }

    @Override
    public Class<W> type() {
      return type;
    }

    @Override
    public void write(Connection connection, List<W> writes, boolean careful) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO t (kind, n) VALUES (?, ?)")) {
        for (W write : writes) {
          if (write.n() == BROKEN) {
            throw new IllegalStateException("broken");
          }
          if (write.n() == FATAL) {
            throw new AssertionError("fatal");
          }
          insert.setString(1, write.n() == WRONG ? "\0" : name);
          insert.setInt(2, write.n());
          insert.executeUpdate();
        }
      }
      atGate.countDown();
      await(gate);
    }

    @Override
    public void committed(List<W> writes) {
      atTelling.countDown();
      await(telling);
      toldOn.add(Thread.currentThread().getName());
      writes.forEach(write -> log.add("committed " + write.n()));
      if (writes.getFirst().n() == THROWS_AFTERWARDS) {
        throw new AssertionError("after the commit");
      }
    }
  }
}
