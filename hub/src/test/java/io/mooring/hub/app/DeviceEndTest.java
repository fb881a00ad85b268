package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.hub.access.ApiKeys;
import io.mooring.hub.access.Scope;
import io.mooring.hub.client.HubClient;
import io.mooring.hub.client.HubRefusal;
import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device is turned off, or deleted, while it is connected. */
class DeviceEndTest {
  private static final String PUMP = "/api/v1/devices/pump-7";

  @AutoClose private static final TestDatabase DATABASE = TestDatabase.create();

  private final Sql sql = new Sql(DATABASE);
  private NodeLock lock;
  private Hub hub;
  private HubClient api;
  private String token;

  @BeforeEach
  void start() {
    DATABASE.execute("TRUNCATE device, command, event, session, audit CASCADE");
    Instant now = Instant.now();
    int key =
        new DeviceStore(DATABASE.database())
            .create("pump-7", "Pump", Map.of(), Actors.ANNA, now)
            .orElseThrow()
            .key();
    token =
        new DeviceTokens(DATABASE.database(), new SecureRandom(), (_, _) -> {})
            .issue(key, "factory", now, null, Actors.ANNA, now)
            .secret()
            .reveal();
    String admin =
        new ApiKeys(DATABASE.database(), new SecureRandom())
            .create("test", Set.of(Scope.ADMIN), null, null, Actors.ANNA, now)
            .secret()
            .reveal();
    lock = NodeLock.take(DATABASE.database(), "end", new Random());
    hub = Hub.start(DataPaths.patientConfig(), DATABASE.database(), lock);
    api = new HubClient(hub.uri(), admin);
  }

  @AfterEach
  void stop() {
    api.close();
    hub.close();
    lock.close();
  }

  @Test
  void turnedOffItsSessionEndsAndNoneBeginsUntilItIsTurnedOn() {
    try (RawDevice device = open()) {
      api.patch(PUMP, Map.of("enabled", false));
      assertThat(device.awaitClose().code()).isEqualTo(4401);
    }
    assertThatThrownBy(this::open).hasMessageContaining("403");
    api.patch(PUMP, Map.of("enabled", true));
    open().close();
  }

  @Test
  void deletedItsSessionEndsAndNothingOfItIsLeftOpen() {
    try (RawDevice device = open()) {
      api.post(PUMP + "/commands", Map.of("name", "sing"), Map.of());
      api.delete(PUMP);
      assertThat(device.awaitClose().code()).isEqualTo(4400);
    }
    assertThatThrownBy(this::open).hasMessageContaining("401");
    assertThatThrownBy(() -> api.get(PUMP)).isInstanceOf(HubRefusal.class);
    assertThat(sql.number("SELECT count(*) FROM device_token")).isZero();
    assertThat(sql.number("SELECT count(*) FROM command")).isZero();
    assertThat(sql.lines("SELECT action FROM audit WHERE target = 'devices/pump-7'").lines())
        .containsExactly("device.create", "device.delete");
  }

  /**
   * What it leaves may take long to delete. Here somebody else holds it; the next session of the
   * device, and behind it everybody's, waited for as long as the device's row was locked.
   */
  @Test
  void deletedItsHistoryHoldsUpNobodyAndIsShownNowhere() throws SQLException {
    int other = sql.device("other");
    int gone = sql.device("gone");
    DATABASE.execute(ended(1, other), ended(2, gone), ended(3, gone), history(gone));
    try (Connection holder = DATABASE.database().openOwn()) {
      holder.setAutoCommit(false);
      holder
          .createStatement()
          .execute("SELECT FROM command FOR UPDATE; SELECT FROM event FOR UPDATE");
      CompletableFuture.runAsync(() -> api.delete("/api/v1/devices/gone"))
          .orTimeout(20, TimeUnit.SECONDS)
          .join();
      open().close();
      assertThat(texts("/api/v1/commands?limit=1", "device")).containsExactly("other");
      assertThat(texts("/api/v1/commands?name=done", "device")).containsExactly("other");
      assertThatThrownBy(() -> api.get("/api/v1/devices/gone/commands"))
          .isInstanceOf(HubRefusal.class);
      api.post("/api/v1/devices", Map.of("id", "gone", "name", "Again"), Map.of());
      assertThat(texts("/api/v1/devices/gone/commands", "id")).isEmpty();
      assertThat(texts("/api/v1/devices/gone/sessions", "epoch")).isEmpty();
      assertThat(sql.number("SELECT count(*) FROM command")).as("still there").isEqualTo(3);
      holder.rollback();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> sql.number("SELECT count(*) FROM deleted_device") == 0);
    assertThat(sql.lines("SELECT DISTINCT device_key FROM command").lines())
        .containsExactly(Integer.toString(other));
    assertThat(sql.number("SELECT count(*) FROM event WHERE device_key = " + gone)).isZero();
    assertThat(sql.number("SELECT count(*) FROM session WHERE device_key = " + gone)).isZero();
  }

  private static String history(int deviceKey) {
    return ("INSERT INTO event (at, device_key, type, state, node, cause) VALUES"
            + " (now(), %1$d, 'presence', 'online', 'n', 'c'),"
            + " (now(), %1$d, 'presence', 'offline', 'n', 'c');"
            + " INSERT INTO session (device_key, epoch, node, address, agent, opened_at)"
            + " VALUES (%1$d, 1, 'n', 'a', 'a', now())")
        .formatted(deviceKey);
  }

  private static String ended(int number, int deviceKey) {
    return ("INSERT INTO command (id, device_key, name, content_type, payload, state, created_at,"
            + " changed_at, expires_at, caller, request_digest) VALUES"
            + " ('00000000-0000-7000-8000-00000000000%d', %d, 'done', '', '', 'succeeded', now(),"
            + " now(), now(), 'k', '')")
        .formatted(number, deviceKey);
  }

  private List<String> texts(String path, String field) {
    return api.get(path).get("items").findValuesAsString(field);
  }

  private RawDevice open() {
    RawDevice device =
        RawDevice.connect(URI.create("ws://127.0.0.1:" + hub.port() + "/device"), token);
    device.hello(5, 1, 1, 0);
    return device;
  }
}
