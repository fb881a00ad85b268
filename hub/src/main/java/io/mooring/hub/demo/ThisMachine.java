package io.mooring.hub.demo;

import io.mooring.hub.client.HubClient;
import io.mooring.hub.client.HubRefusal;
import io.mooring.hub.config.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** This very machine as a device of the hub, registered through the public API like any other. */
final class ThisMachine {
  private static final int NOT_FOUND = 404;
  private static final Duration POLL = Duration.ofMillis(100);

  private final HubClient hub;
  private final String id;
  private final Path tokenFile;

  ThisMachine(HubClient hub, String id, Path tokenFile) {
    this.hub = hub;
    this.id = id;
    this.tokenFile = tokenFile;
  }

  /** Registers the device and issues its token, unless an earlier start did. */
  void register() throws IOException {
    boolean known = isKnown();
    if (!known) {
      hub.post(
          "/api/v1/devices",
          Map.of("id", id, "name", id, "tags", Map.of("demo", "this-machine")),
          Map.of());
    }
    if (!known || !Files.exists(tokenFile)) {
      String token =
          hub.post(path() + "/tokens", Map.of("name", "demo"), Map.of()).path("token").asString();
      SecretFile.write(tokenFile, token + "\n");
    }
  }

  private String path() {
    return "/api/v1/devices/" + HubClient.escape(id);
  }

  private boolean isKnown() {
    try {
      hub.get(path());
      return true;
    } catch (HubRefusal e) {
      if (e.status() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** Waits until the device is online; false when it takes too long or {@code stop} comes first. */
  boolean awaitOnline(Duration atMost, CountDownLatch stop) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < deadline) {
      if (hub.get(path()).path("presence").path("state").asString("").equals("online")) {
        return true;
      }
      if (stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }
}
