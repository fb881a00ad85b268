package io.mooring.hub.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For a hub that is alone, and for several in one process. Delivers on one thread of its own. */
public final class InProcessBus implements Bus {
  private static final Logger LOG = LoggerFactory.getLogger(InProcessBus.class);

  private final Map<String, List<Consumer<byte[]>>> takers = new ConcurrentHashMap<>();
  private final ExecutorService courier =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bus").factory());

  @Override
  public void publish(String subject, byte[] message) {
    List<Consumer<byte[]>> there = takers.get(subject);
    if (there == null) {
      return;
    }
    try {
      courier.execute(() -> there.forEach(taker -> hand(taker, message)));
    } catch (RejectedExecutionException _) {
      // Closed: like any message it may be lost.
    }
  }

  private static void hand(Consumer<byte[]> taker, byte[] message) {
    try {
      taker.accept(message);
    } catch (RuntimeException e) {
      LOG.warn("A message of the bus was not taken", e);
    }
  }

  @Override
  public Subscription subscribe(String subject, Consumer<byte[]> taker) {
    takers.computeIfAbsent(subject, _ -> new CopyOnWriteArrayList<>()).add(taker);
    return () ->
        takers.computeIfPresent(
            subject,
            (_, there) -> {
              there.remove(taker);
              return there.isEmpty() ? null : there;
            });
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public void close() {
    courier.shutdownNow();
  }
}
