package io.mooring.hub.command;

import static io.mooring.hub.command.CommandState.CANCELLED;
import static io.mooring.hub.command.CommandState.EXPIRED;
import static io.mooring.hub.command.CommandState.FAILED;
import static io.mooring.hub.command.CommandState.QUEUED;
import static io.mooring.hub.command.CommandState.RECEIVED;
import static io.mooring.hub.command.CommandState.REJECTED;
import static io.mooring.hub.command.CommandState.SENT;
import static io.mooring.hub.command.CommandState.SUCCEEDED;
import static io.mooring.hub.command.CommandState.UNDELIVERABLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** All 81 pairs of states. */
class CommandStateTest {
  private static final Map<CommandState, Set<CommandState>> LEGAL =
      Map.of(
          QUEUED, EnumSet.complementOf(EnumSet.of(QUEUED)),
          SENT, EnumSet.complementOf(EnumSet.of(SENT)),
          RECEIVED, EnumSet.complementOf(EnumSet.of(SENT, RECEIVED, CANCELLED)));

  @Test
  void onlyTheLegalWaysExist() {
    for (CommandState from : CommandState.values()) {
      Set<CommandState> legal = LEGAL.getOrDefault(from, Set.of());
      for (CommandState to : CommandState.values()) {
        assertThat(from.mayBecome(to)).as("%s to %s", from, to).isEqualTo(legal.contains(to));
        assertThat(Set.of(to.sources().split(",")).contains(from.text()))
            .isEqualTo(legal.contains(to));
      }
      assertThat(from.isOpen()).isEqualTo(!legal.isEmpty());
      assertThat(CommandState.of(from.text())).isEqualTo(from);
    }
    assertThat(EnumSet.of(SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, UNDELIVERABLE))
        .noneMatch(CommandState::isOpen);
  }
}
