package io.mooring.hub.command;

import io.mooring.hub.testing.Plans;
import io.mooring.hub.testing.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A plan made while nothing was open must not read all that is open later. */
class CommandPlansTest {
  @AutoClose static final TestDatabase DATABASE = TestDatabase.create();

  @Test
  void rowsAreLookedUpByTheirKeys() throws SQLException {
    Plans.fill(DATABASE);
    for (String sql :
        List.of(
            SessionEndWrites.REQUEUE,
            CommandProgressWrites.NOTE,
            CommandUpdateWrites.UPDATE,
            CommandStore.NEXT,
            CommandStore.OVERDUE,
            CommandInsertWrites.FEW_SHARED)) {
      Plans.mustLookUp(DATABASE, sql);
    }
  }
}
