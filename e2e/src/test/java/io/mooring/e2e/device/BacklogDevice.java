package io.mooring.e2e.device;

import io.mooring.device.CommandResult;
import io.mooring.device.Device;
import io.mooring.device.Reading;
import io.mooring.device.Stats;
import io.mooring.device.Store;
import io.mooring.device.WhenFull;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Measures while nobody answers, and goes on measuring while what it has gathered is sent. Readings
 * are numbered from 1 on, in the metric {@code n}.
 *
 * <p>Arguments: {@code gather}, the store's folder, how many readings (0: until the store is full),
 * bytes of text in each, how many milliseconds they wait for others. Prints {@code gathered N held
 * N} once they are on the disk, and waits to be killed.
 *
 * <p>Or {@code send}, the store's folder, {@code oldest} or {@code newest} (which go first), the
 * number to go on with. Prints {@code opened MILLIS held N}, {@code confirmed N held N} for each
 * new reading with what the hub had not stored at that moment, and {@code drained SECONDS} once
 * what was held is stored. Ends when told so and all is stored, after {@code done N held N dropped
 * N}.
 */
public final class BacklogDevice {
  private static final int OUTBOX_BYTES = 64 * 1024 * 1024;

  /** For what is new while the store is full of what was gathered. */
  private static final int MORE_BYTES = 8 * 1024 * 1024;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration BETWEEN_NEW = Duration.ofMillis(20);
  private static final Duration FLUSH = Duration.ofMinutes(3);

  private BacklogDevice() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals("gather")) {
      gather(
          Path.of(args[1]),
          Integer.parseInt(args[2]),
          "x".repeat(Integer.parseInt(args[3])),
          Duration.ofMillis(Integer.parseInt(args[4])));
    } else {
      Store store = Store.in(Path.of(args[1]));
      send(args[2].equals("newest") ? store.newestFirst() : store, Long.parseLong(args[3]));
    }
  }

  private static void gather(Path folder, int readings, String text, Duration linger)
      throws IOException {
    try (Device device =
        Standard.device()
            .store(Store.in(folder).syncNever())
            .outbox(OUTBOX_BYTES, WhenFull.DROP_NEWEST)
            .linger(linger)
            .start()) {
      Instant start = Instant.now().minus(DAY);
      // Within the day however many there is room for.
      Duration every = Duration.ofMillis(readings == 0 ? 100 : 1_000);
      long number = 0;
      while (readings == 0 ? device.stats().droppedReadings() == 0 : number < readings) {
        Reading reading = Reading.at(start.plus(every.multipliedBy(number))).integer("n", ++number);
        device.send(text.isEmpty() ? reading : reading.text("text", text));
      }
      device.persist();
      Stats stats = device.stats();
      Standard.say("gathered " + number + " held " + stats.waitingReadings());
      Standard.awaitStop();
    }
  }

  private static void send(Store store, long first) throws IOException, InterruptedException {
    long before = System.nanoTime();
    try (Device device =
        Standard.device()
            .store(store)
            .outbox(OUTBOX_BYTES + MORE_BYTES, WhenFull.DROP_NEWEST)
            .on("ping", command -> CommandResult.succeeded(command.payloadAsString()))
            .start()) {
      long opened = System.nanoTime();
      long backlog = device.stats().waitingReadings();
      Standard.say("opened " + TimeUnit.NANOSECONDS.toMillis(opened - before) + " held " + backlog);
      Sender sender = new Sender(device, first);
      ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
      var _ =
          beat.scheduleAtFixedRate(
              sender::sendNext, 0, BETWEEN_NEW.toMillis(), TimeUnit.MILLISECONDS);
      while (device.stats().storedReadings() - sender.confirmed < backlog) {
        Thread.sleep(1);
      }
      Standard.say(String.format(Locale.ROOT, "drained %.3f", (System.nanoTime() - opened) / 1e9));
      Standard.awaitStop();
      beat.shutdown();
      boolean stored =
          beat.awaitTermination(FLUSH.toSeconds(), TimeUnit.SECONDS) && device.flush(FLUSH);
      Stats stats = device.stats();
      Standard.say(
          "done %d held %d dropped %d"
              .formatted(sender.next - 1, stats.waitingReadings(), stats.droppedReadings()));
      System.exit(stored ? 0 : 1);
    }
  }

  private static final class Sender {
    private final Device device;
    private volatile long confirmed;
    private long next;

    private Sender(Device device, long first) {
      this.device = device;
      this.next = first;
    }

    private void sendNext() {
      long number = next++;
      var _ = device.sendAndConfirm(Reading.now().integer("n", number)).thenRun(() -> say(number));
    }

    private synchronized void say(long number) {
      confirmed++;
      Standard.say("confirmed " + number + " held " + device.stats().waitingReadings());
    }
  }
}
