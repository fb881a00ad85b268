package io.mooring.hub.testing;

import com.google.protobuf.ByteString;
import io.mooring.hub.cluster.Bus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** A bus that loses, repeats, delays and reorders messages, as its seed says. */
public final class FaultyBus implements Bus {
  /** Messages that are late at a time; the oldest are lost in the end. */
  private static final int LATE = 20;

  private record Message(String subject, ByteString bytes) {}

  private final Bus bus;
  private final Random random; // guarded by this
  private final List<Message> late = new ArrayList<>(); // guarded by this
  private int lost; // guarded by this

  public FaultyBus(Bus bus, long seed) {
    this.bus = bus;
    this.random = new Random(seed);
  }

  @Override
  public synchronized void publish(String subject, byte[] message) {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> lost++;
      case 3, 4 -> {
        bus.publish(subject, message);
        bus.publish(subject, message);
      }
      case 5, 6 -> late.add(new Message(subject, ByteString.copyFrom(message)));
      default -> bus.publish(subject, message);
    }
    while (!late.isEmpty() && (late.size() > LATE || random.nextInt(3) == 0)) {
      Message one = late.remove(random.nextInt(late.size()));
      bus.publish(one.subject(), one.bytes().toByteArray());
    }
  }

  /** How many messages were lost so far. */
  public synchronized int lost() {
    return lost;
  }

  @Override
  public Subscription subscribe(String subject, Consumer<byte[]> taker) {
    return bus.subscribe(subject, taker);
  }

  @Override
  public Optional<String> problem() {
    return bus.problem();
  }

  @Override
  public void close() {
    bus.close();
  }
}
