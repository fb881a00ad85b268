package io.mooring.hub.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceStoreTest {
  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456Z");

  private final DeviceStore store = new DeviceStore(DATABASE.database());

  @BeforeEach
  void empty() {
    DATABASE.execute("DELETE FROM device");
  }

  @Test
  void createdDeviceIsFoundByIdAndKey() {
    Device device =
        store
            .create("pump-7", "Pump \"7\"", Map.of("site", "north"), Actors.ANNA, NOW)
            .orElseThrow();

    assertThat(device.tags()).isEqualTo(Map.of("site", "north"));
    assertThat(device.createdAt()).isEqualTo(NOW);
    assertThat(store.find("pump-7")).contains(new KnownDevice(device, null));
    assertThat(store.find(device.key())).contains(new KnownDevice(device, null));
    assertThat(store.find("pump-8")).isEmpty();
  }

  @Test
  void takenIdIsRefused() {
    store.create("a", "first", Map.of(), Actors.ANNA, NOW);

    assertThat(store.create("a", "second", Map.of(), Actors.ANNA, NOW)).isEmpty();
    assertThat(store.find("a").orElseThrow().device().name()).isEqualTo("first");
  }

  @Test
  void presenceComesAlong() {
    int key = key("a");
    connect(key, "offline");

    LastConnection connection = Objects.requireNonNull(store.find("a").orElseThrow().connection());

    assertThat(connection.state()).isEqualTo(PresenceState.OFFLINE);
    assertThat(connection.epoch()).isEqualTo(3);
    assertThat(connection.closeCode()).isEqualTo(4001);
    assertThat(connection.address()).isEqualTo("10.0.0.1");
  }

  @Test
  void listsPageByPage() {
    List.of("c", "a", "b", "d").forEach(this::key);

    assertThat(ids(store.list(DeviceFilter.ALL, DeviceOrder.BY_ID, null, 3)))
        .containsExactly("a", "b", "c");
    assertThat(
            ids(store.list(DeviceFilter.ALL, DeviceOrder.BY_ID, new DeviceOrder.Place("", "b"), 3)))
        .containsExactly("c", "d");
  }

  @Test
  void filtersByTextLiterally() {
    store.create("x-1", "Pump 100%", Map.of(), Actors.ANNA, NOW);
    store.create("x-2", "Pump 1000", Map.of(), Actors.ANNA, NOW);

    assertThat(
            ids(
                store.list(
                    new DeviceFilter("pump", null, null, Map.of(), null),
                    DeviceOrder.BY_ID,
                    null,
                    9)))
        .hasSize(2);
    assertThat(
            ids(
                store.list(
                    new DeviceFilter("0%", null, null, Map.of(), null),
                    DeviceOrder.BY_ID,
                    null,
                    9)))
        .containsExactly("x-1");
    assertThat(
            ids(
                store.list(
                    new DeviceFilter("X-2", null, null, Map.of(), null),
                    DeviceOrder.BY_ID,
                    null,
                    9)))
        .containsExactly("x-2");
    assertThat(
            ids(
                store.list(
                    new DeviceFilter("\\", null, null, Map.of(), null),
                    DeviceOrder.BY_ID,
                    null,
                    9)))
        .isEmpty();
  }

  @Test
  void filtersByStateAndTags() {
    connect(key("on"), "online");
    connect(key("off"), "offline");
    store.create("new", "new", Map.of("site", "north", "kind", "pump"), Actors.ANNA, NOW);

    assertThat(list(PresenceState.ONLINE, Map.of())).containsExactly("on");
    assertThat(list(PresenceState.NEVER_SEEN, Map.of())).containsExactly("new");
    assertThat(list(null, Map.of("site", "north", "kind", "pump"))).containsExactly("new");
    assertThat(list(null, Map.of("site", "north", "kind", "fan"))).isEmpty();
    assertThat(store.counts())
        .isEqualTo(
            Map.of(PresenceState.ONLINE, 1, PresenceState.OFFLINE, 1, PresenceState.NEVER_SEEN, 1));
  }

  /** Every order gives each device once, whatever the size of a page, also where many are equal. */
  @ParameterizedTest
  @ValueSource(
      strings = {"id", "-id", "name", "-name", "last-seen", "-last-seen", "state", "-state"})
  void eachOrderGivesAllOnceInPagesOfAnySize(String sort) {
    String[] states = {"online", "suspect", "offline", "offline"};
    for (int i = 0; i < 40; i++) {
      String id = "d-" + i;
      store.create(id, "Name " + i % 7, Map.of(), Actors.ANNA, NOW);
      if (i % 5 != 0) {
        DATABASE.execute(
            "INSERT INTO presence SELECT key, 3, '%s', now(), timestamptz '2026-11-22' + %d * interval '1 microsecond', 'n1', 'x', 'y' FROM device WHERE id = '%s'"
                .formatted(states[i % 4], i / 3, id));
      }
    }
    DeviceOrder order = DeviceOrder.of(sort).orElseThrow();
    List<String> whole = ids(store.list(DeviceFilter.ALL, order, null, 100));
    assertThat(whole).hasSize(40).doesNotHaveDuplicates();
    for (int size : new int[] {1, 7}) {
      List<String> paged = new ArrayList<>();
      DeviceOrder.Place after = null;
      List<KnownDevice> page = store.list(DeviceFilter.ALL, order, after, size);
      while (!page.isEmpty()) {
        paged.addAll(ids(page));
        after = order.placeOf(page.getLast());
        assertThat(order.has(after)).isTrue();
        page = store.list(DeviceFilter.ALL, order, after, size);
      }
      assertThat(paged).isEqualTo(whole);
    }
  }

  @Test
  void namesAndThoseDisabledAreReadFromTheirIndexes() {
    DATABASE.execute(
        "INSERT INTO device (id, name, created_at, updated_at, enabled)"
            + " SELECT 'd-' || n, 'Name ' || n, now(), now(), n % 1000 > 0"
            + " FROM generate_series(1, 20000) n");
    DATABASE.execute("ANALYZE device");
    String from = " FROM device d LEFT JOIN presence p ON p.device_key = d.key WHERE ";
    Sql sql = new Sql(DATABASE);
    assertThat(
            sql.lines(
                "EXPLAIN SELECT d.id"
                    + from
                    + "(lower(d.name), d.id) > (lower('Name 5'), 'd-5') ORDER BY lower(d.name), d.id LIMIT 51"))
        .contains("device_by_name")
        .doesNotContain("Sort");
    assertThat(sql.lines("EXPLAIN SELECT d.id" + from + "NOT d.enabled ORDER BY d.id LIMIT 51"))
        .contains("device_disabled");
  }

  @Test
  void keysOfKnownIdsOnly() {
    int key = key("a");
    assertThat(store.keysOf(List.of("a", "nobody"))).isEqualTo(Map.of("a", key));
  }

  private List<String> list(@Nullable PresenceState state, Map<String, String> tags) {
    return ids(
        store.list(new DeviceFilter(null, state, null, tags, null), DeviceOrder.BY_ID, null, 10));
  }

  private int key(String id) {
    return store.create(id, id, Map.of(), Actors.ANNA, NOW).orElseThrow().key();
  }

  private static void connect(int key, String state) {
    DATABASE.execute(
        "INSERT INTO presence VALUES (%d, 3, '%s', now(), now(), 'n1', '10.0.0.1', 'sdk/1', 4001, 'gone')"
            .formatted(key, state));
  }

  private static List<String> ids(List<KnownDevice> devices) {
    return devices.stream().map(known -> known.device().id()).toList();
  }
}
