package io.mooring.hub.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.device.TokenCampaignStore.Entry;
import io.mooring.hub.device.TokenCampaignStore.Filter;
import io.mooring.hub.device.TokenCampaignStore.State;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TokenCampaignStoreTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Filter OPEN = new Filter(null, true, null, Map.of());

  private final TokenCampaignStore campaign = new TokenCampaignStore(DATABASE.database());
  private final DeviceStore devices = new DeviceStore(DATABASE.database());

  @Test
  void asksByTagsOrByIdsAndCountsAndListsByTags() {
    for (String id : List.of("a", "b", "c")) {
      String site = id.equals("c") ? "paris" : "berlin";
      var _ = devices.create(id, id, Map.of("site", site), Actors.ANNA, NOW).orElseThrow();
    }
    assertThat(campaign.askTagged(Map.of("site", "rome"), Actors.ANNA, NOW)).isZero();
    assertThat(campaign.askTagged(Map.of("site", "berlin"), Actors.ANNA, NOW)).isEqualTo(2);
    assertThat(campaign.askDevices(List.of("c", "a"), Actors.ANNA, NOW)).isEqualTo(2);
    DATABASE.execute(
        "UPDATE token_rotation SET state = 'done' WHERE device_key ="
            + " (SELECT key FROM device WHERE id = 'b')");

    assertThat(campaign.counts(Map.of()))
        .containsEntry(State.ASKED, 2)
        .containsEntry(State.DONE, 1);
    assertThat(campaign.counts(Map.of("site", "paris"))).containsEntry(State.DONE, 0);
    assertThat(campaign.list(OPEN, null, 10)).extracting(Entry::device).containsExactly("a", "c");
    assertThat(campaign.list(OPEN, "a", 10)).extracting(Entry::device).containsExactly("c");
    assertThat(
            campaign.list(new Filter(State.DONE, false, null, Map.of("site", "berlin")), null, 10))
        .extracting(Entry::device)
        .containsExactly("b");
    assertThat(campaign.list(new Filter(null, true, "c", Map.of()), null, 10))
        .extracting(Entry::device)
        .containsExactly("c");
    assertThat(campaign.list(new Filter(null, true, "b", Map.of()), null, 10)).isEmpty();

    assertThat(campaign.askTagged(Map.of(), Actors.ANNA, NOW)).isEqualTo(3);
    assertThat(campaign.counts(Map.of())).containsEntry(State.ASKED, 3);
  }

  @Test
  void whatIsNotDoneCanBeCancelled() {
    DATABASE.execute("TRUNCATE device, command, event, session, audit CASCADE");
    for (String id : List.of("a", "b", "c")) {
      var _ = devices.create(id, id, Map.of(), Actors.ANNA, NOW).orElseThrow();
    }
    campaign.askTagged(Map.of(), Actors.ANNA, NOW);
    DATABASE.execute(
        "UPDATE token_rotation SET state = 'done' WHERE device_key ="
            + " (SELECT key FROM device WHERE id = 'b')");
    assertThat(campaign.cancelDevices(List.of("a"), Actors.ANNA, NOW)).isEqualTo(1);
    assertThat(campaign.list(OPEN, null, 10)).extracting(Entry::device).containsExactly("c");
    assertThat(campaign.cancelTagged(Map.of(), Actors.ANNA, NOW)).isEqualTo(1);
    assertThat(campaign.counts(Map.of()))
        .containsEntry(State.DONE, 1)
        .containsEntry(State.ASKED, 0);
    assertThat(
            new Sql(DATABASE)
                .lines("SELECT after FROM audit WHERE action = 'rotation.cancel' ORDER BY id"))
        .isEqualToIgnoringNewLines(
            "{\"device\": \"a\", \"devices\": 1}{\"all\": true, \"devices\": 1}");
  }

  /** Devices that come back wait for the rows that are locked: never for a whole fleet's. */
  @Test
  void aFleetIsAskedForSliceBySlice() {
    DATABASE.execute(
        "TRUNCATE device, command, event, session, audit CASCADE",
        "INSERT INTO device (id, name, tags, created_at, updated_at)"
            + " SELECT 'd' || n, '', '{}', now(), now() FROM generate_series(1, 2500) n");
    assertThat(campaign.askTagged(Map.of(), Actors.ANNA, NOW)).isEqualTo(2_500);
    Sql sql = new Sql(DATABASE);
    assertThat(sql.number("SELECT count(DISTINCT xmin::text) FROM token_rotation")).isEqualTo(3);
    assertThat(sql.lines("SELECT after FROM audit WHERE action = 'rotation.ask'"))
        .isEqualToIgnoringNewLines("{\"all\": true, \"devices\": 2500}");
  }
}
