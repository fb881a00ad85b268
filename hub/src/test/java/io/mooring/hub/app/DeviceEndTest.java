package io.mooring.hub.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

  private RawDevice open() {
    RawDevice device =
        RawDevice.connect(URI.create("ws://127.0.0.1:" + hub.port() + "/device"), token);
    device.hello(5, 1, 1, 0);
    return device;
  }
}
