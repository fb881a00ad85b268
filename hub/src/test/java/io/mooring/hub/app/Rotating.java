package io.mooring.hub.app;

import io.mooring.hub.db.NodeLock;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceToken;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.TokenCampaignStore;
import io.mooring.hub.device.TokenCampaignStore.State;
import io.mooring.hub.testing.Actors;
import io.mooring.hub.testing.RawDevice;
import io.mooring.hub.testing.Sql;
import io.mooring.hub.testing.TestDatabase;
import io.mooring.protocol.v1.HubFrame;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A whole hub with a device whose token is to be replaced. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Rotating {
  @AutoClose final TestDatabase database = TestDatabase.create();

  final Sql sql = new Sql(database);
  final DeviceTokens tokens =
      new DeviceTokens(database.database(), new SecureRandom(), (key, token) -> {});
  final TokenCampaignStore campaign = new TokenCampaignStore(database.database());
  NodeLock lock;
  Hub hub;
  int key;
  String old;
  String oldId;

  @BeforeEach
  void start() {
    database.execute("TRUNCATE device, command, event, session, audit CASCADE");
    Instant now = Instant.now();
    key =
        new DeviceStore(database.database())
            .create("pump-7", "Pump", Map.of("site", "berlin"), Actors.ANNA, now)
            .orElseThrow()
            .key();
    DeviceTokens.Issued issued = issue(now);
    old = issued.secret().reveal();
    oldId = issued.token().id();
    startHub();
  }

  final DeviceTokens.Issued issue(Instant now) {
    Instant end = now.plus(Duration.ofDays(30));
    return tokens.issue(key, "factory", now, end, Actors.ANNA, now);
  }

  final void startHub() {
    lock = NodeLock.take(database.database(), "rotation", new Random());
    hub = Hub.start(DataPaths.patientConfig(), database.database(), lock);
  }

  @AfterEach
  void stop() {
    hub.close();
    lock.close();
  }

  String lose() {
    try (RawDevice device = open(old)) {
      String token = handedOver(device);
      device.cut();
      return token;
    }
  }

  void ask() {
    campaign.askDevices(List.of("pump-7"), Actors.ANNA, Instant.now());
  }

  RawDevice open(String token) {
    RawDevice device = RawDevice.connect(uri(), token);
    device.helloTakingTokens();
    return device;
  }

  static String handedOver(RawDevice device) {
    return device.next(HubFrame.BodyCase.NEXT_TOKEN).getNextToken().getToken();
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + hub.port() + "/device");
  }

  boolean isValid(String token) {
    return token(token.substring(4, 16)).revokedAt() == null;
  }

  DeviceToken token(String id) {
    return tokens.list(key).stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
  }

  State state() {
    return campaign
        .list(new TokenCampaignStore.Filter(null, false, null, Map.of()), null, 1)
        .getFirst()
        .state();
  }
}
