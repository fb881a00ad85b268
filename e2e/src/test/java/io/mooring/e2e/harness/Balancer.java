package io.mooring.e2e.harness;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends each new connection to the next hub whose {@code /health/ready} answers 200, as any load
 * balancer does: no session sticks to a hub.
 */
final class Balancer implements Stage.Kept {
  private static final int LOOK_MILLIS = 100;
  private static final int PATIENCE_MILLIS = 500;

  private final List<Hub> hubs;
  private final Set<Hub> ready = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger turn = new AtomicInteger();

  Balancer(List<Hub> hubs) {
    this.hubs = hubs;
    // One each: a hub that does not answer must not keep the others from being asked.
    hubs.forEach(hub -> Thread.ofVirtual().name("balancer").start(() -> watch(hub)));
  }

  private void watch(Hub hub) {
    try {
      do {
        if (isReady(hub)) {
          ready.add(hub);
        } else {
          ready.remove(hub);
        }
      } while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isReady(Hub hub) {
    try {
      URI address = hub.url().resolve("/health/ready");
      HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether there is a hub to send anybody to. */
  boolean isReady() {
    return !ready.isEmpty();
  }

  /** Where the next connection goes. */
  int port() {
    List<Hub> now = hubs.stream().filter(ready::contains).toList();
    // With none at all the connection is refused where it would go.
    List<Hub> among = now.isEmpty() ? hubs : now;
    return among.get(Math.floorMod(turn.getAndIncrement(), among.size())).port();
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
