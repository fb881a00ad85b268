package io.mooring.e2e.device;

import io.mooring.device.Device;
import io.mooring.device.Reading;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Sends numbered readings until it is told to stop, then waits until all are stored.
 *
 * <p>Arguments: readings a second, bytes of text in each (0: none). Prints {@code confirmed N} for
 * each reading the hub has confirmed and {@code done sent=N stored=N dropped=N} at the end. Exit
 * code 0 when all are stored, else 1.
 */
public final class SendingDevice {
  private static final Duration FLUSH = Duration.ofSeconds(60);

  private final Device device;
  private final String text;
  private long sent;

  private SendingDevice(Device device, int textBytes) {
    this.device = device;
    this.text = "x".repeat(textBytes);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int rate = Integer.parseInt(args[0]);
    int textBytes = Integer.parseInt(args[1]);
    boolean stored;
    try (Device device = Standard.device().start()) {
      SendingDevice sender = new SendingDevice(device, textBytes);
      ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
      var _ =
          beat.scheduleAtFixedRate(
              sender::sendNext, 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
      Standard.awaitStop();
      beat.shutdown();
      stored = beat.awaitTermination(FLUSH.toSeconds(), TimeUnit.SECONDS) && device.flush(FLUSH);
      Standard.say(
          "done sent=%d stored=%d dropped=%d"
              .formatted(
                  sender.sent, device.stats().storedReadings(), device.stats().droppedReadings()));
    }
    System.exit(stored ? 0 : 1);
  }

  private void sendNext() {
    long number = ++sent;
    Reading reading = Reading.now().integer("n", number);
    if (!text.isEmpty()) {
      reading.text("text", text);
    }
    var _ =
        device
            .sendAndConfirm(reading)
            .thenRun(() -> Standard.say("confirmed " + number))
            .exceptionally(
                lost -> {
                  Standard.say("lost " + number + " " + lost.getMessage());
                  return null;
                });
  }
}
