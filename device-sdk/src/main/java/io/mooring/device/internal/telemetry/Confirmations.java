package io.mooring.device.internal.telemetry;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Completes the futures of readings whose fate is known, on a worker thread. */
final class Confirmations {
  private static final String DROPPED =
      "the reading was dropped: the outbox is full, or cannot be written";
  private static final String CLOSED = "the device was closed before the hub confirmed the reading";

  private final Executor workers;

  Confirmations(Executor workers) {
    this.workers = workers;
  }

  void stored(Batch batch) {
    List<CompletableFuture<Void>> futures = batch.confirmations();
    if (!futures.isEmpty()) {
      workers.execute(
          new Runnable() {
            @Override
            public void run() {
              for (CompletableFuture<Void> future : futures) {
                confirm(future);
              }
            }
          });
    }
  }

  void droppedUnless(boolean kept, Batch batch) {
    if (!kept) {
      dropped(batch.confirmations());
    }
  }

  void dropped(List<CompletableFuture<Void>> futures) {
    fail(futures, DROPPED);
  }

  void dropped(@Nullable CompletableFuture<Void> future) {
    if (future != null) {
      fail(List.of(future), DROPPED);
    }
  }

  void closed(List<CompletableFuture<Void>> futures) {
    fail(futures, CLOSED);
  }

  @SuppressWarnings("NullAway") // null is the only value of Void
  private static void confirm(CompletableFuture<Void> future) {
    future.complete(null);
  }

  private void fail(List<CompletableFuture<Void>> futures, String why) {
    if (!futures.isEmpty()) {
      workers.execute(
          new Runnable() {
            @Override
            public void run() {
              for (CompletableFuture<Void> future : futures) {
                future.completeExceptionally(new IllegalStateException(why));
              }
            }
          });
    }
  }
}
