package io.mooring.e2e.chaos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one and the same course of things.
 *
 * @param rows the hub's
 * @param told the callers'
 * @param testimonies of the devices' handlers
 * @param journals the SDK's
 */
record Accounts(
    List<Row> rows, List<Told> told, List<Testimony> testimonies, List<Journal> journals) {

  Map<String, Row> rowsById() {
    Map<String, Row> byId = new LinkedHashMap<>();
    rows.forEach(row -> byId.put(row.id(), row));
    return byId;
  }

  /** What the device's journal has of a command; null: nothing. */
  @Nullable Outcome journaled(Row row) {
    for (Journal journal : journals) {
      if (journal.device().equals(row.device())) {
        return journal.results().get(row.id());
      }
    }
    return null;
  }
}
