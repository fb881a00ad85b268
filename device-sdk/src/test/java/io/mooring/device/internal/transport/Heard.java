package io.mooring.device.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that keeps what it hears, as text. */
final class Heard implements Transport.Listener {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  String next() throws InterruptedException {
    String event = events.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("heard within 10 s").isNotNull();
    return event == null ? "" : event;
  }

  @Override
  public void opened() {
    events.add("opened");
  }

  @Override
  public void received(byte[] message) {
    events.add(Arrays.toString(message));
  }

  @Override
  public void ended(Ending ending) {
    events.add(ending.toString());
  }
}
