package io.mooring.hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The writes of one kind in one transaction. */
record Group<W extends Write>(Write.Kind<W> kind, List<W> writes) {

  /** Sorts a batch by kind; the kinds' order is the order of execution. */
  static List<Group<?>> split(List<Write.Kind<?>> kinds, List<Write> batch) {
    List<Group<?>> groups = new ArrayList<>(kinds.size());
    int placed = 0;
    for (Write.Kind<?> kind : kinds) {
      Group<?> group = of(kind, batch);
      if (!group.writes().isEmpty()) {
        groups.add(group);
        placed += group.size();
      }
    }
    if (placed != batch.size()) {
      throw new IllegalStateException("a write of a kind the writer was not given");
    }
    return groups;
  }

  private static <W extends Write> Group<W> of(Write.Kind<W> kind, List<Write> batch) {
    Class<W> type = kind.type();
    List<W> writes = new ArrayList<>();
    for (Write write : batch) {
      if (type.isInstance(write)) {
        writes.add(type.cast(write));
      }
    }
    return new Group<>(kind, writes);
  }

  int size() {
    return writes.size();
  }

  boolean standsAlone() {
    return kind.standsAlone(writes);
  }

  boolean leavesMark() {
    return kind.leavesMark(writes);
  }

  boolean appendsEvents() {
    return kind.appendsEvents();
  }

  boolean mayPrecedeTurn() {
    return kind.mayPrecedeTurn(writes);
  }

  void write(Connection connection, boolean careful) throws SQLException {
    kind.write(connection, writes, careful);
  }

  void writeAndMark(Connection connection, boolean careful, UUID mark) throws SQLException {
    kind.writeAndMark(connection, writes, careful, mark);
  }

  void committed() {
    kind.committed(writes);
  }
}
