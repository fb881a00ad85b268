package io.mooring.bench.load;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Many devices on one thread. */
public final class Fleet implements AutoCloseable {
  /** How many devices connect at the same time; the others wait in the generator. */
  private static final int CONNECTING = 1_000;

  /** Where a device's stream stands: all batches up to this number are acknowledged. */
  public record Position(long stream, long acked) {}

  /**
   * How devices came back.
   *
   * @param p50Ms from the loss of a connection to Welcome
   */
  public record Comeback(int devices, double p50Ms, double p99Ms) {}

  private final Tally tally = new Tally();
  private final CommandTally commands = new CommandTally();
  private final List<Device> devices = new ArrayList<>();
  private final Shape shape;
  private final boolean greets;
  private final EventLoop loop = new EventLoop(this::tick);
  private final Pacer pacer = new Pacer(this);
  private final long startNanos = System.nanoTime();
  private final long startUs = System.currentTimeMillis() * 1_000;

  // Of the loop's thread only, from here on.
  private final Deque<Device> toConnect = new ArrayDeque<>();
  private List<SocketAddress> addresses = List.of();
  private int nextAddress;
  private int connecting;
  private boolean leaving;
  private Load load = new Load.Idle();
  private @Nullable Returns returns;

  /**
   * Makes the devices; they connect later.
   *
   * @param tokens one for each device
   * @param greets whether Hello comes first, as a hub wants it; a bare endpoint takes batches at
   *     once
   */
  public Fleet(List<String> tokens, Shape shape, boolean greets) {
    this.shape = shape;
    this.greets = greets;
    RandomGenerator random = RandomGenerator.getDefault();
    for (String token : tokens) {
      devices.add(new Device(this, token, random.nextLong() | 1));
    }
    loop.start();
  }

  /** Lets all devices connect. */
  public void connect(SocketAddress to) {
    connect(List.of(to));
  }

  /** Lets all devices connect, in turns to each address. */
  public void connect(List<SocketAddress> to) {
    loop.execute(
        () -> {
          addresses = to;
          leaving = false;
          toConnect.addAll(devices);
          connectMore();
        });
  }

  private void connectMore() {
    while (!addresses.isEmpty() && connecting < CONNECTING && !toConnect.isEmpty()) {
      connecting++;
      SocketAddress to = addresses.get(nextAddress++ % addresses.size());
      toConnect.remove().connect(loop, to);
    }
  }

  /**
   * From now on devices that are lost or refused come back by themselves; what was noted is
   * forgotten.
   */
  public void comeBack() {
    loop.execute(
        () -> {
          Returns present = returns;
          if (present == null) {
            returns = new Returns();
          } else {
            present.forget();
          }
        });
  }

  /** How they have come back since then. */
  public Comeback comeback() {
    return ask(() -> Objects.requireNonNull(returns, "none comes back").comeback());
  }

  /** Waits until all are open, or fails. */
  public void awaitOpen(Duration atMost) {
    if (!await(atMost, () -> tally.open() == devices.size())) {
      throw new IllegalStateException(
          "%d of %d devices are open after %d s; the first loss: %s"
              .formatted(tally.open(), devices.size(), atMost.toSeconds(), tally.firstLoss()));
    }
  }

  /** Waits for it; false: in vain. */
  public boolean await(Duration atMost, BooleanSupplier condition) {
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        loop.check();
        if (System.nanoTime() > end) {
          return false;
        }
        Thread.sleep(2);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Cuts all connections. */
  public void disconnect() {
    int _ =
        ask(
            () -> {
              leaving = true;
              toConnect.clear();
              devices.forEach(Device::disconnect);
              return 0;
            });
  }

  /** Changes what is sent, at once. */
  public void load(Load next) {
    loop.execute(
        () -> {
          load = next;
          loop.beatEvery(pacer.begin(next));
          if (next instanceof Load.Saturating) {
            devices.forEach(this::roomFor);
          }
        });
  }

  /** Stops sending batches, and waits until none is under way. */
  public void quiet(Duration atMost) {
    load(new Load.Idle());
    if (!await(atMost, () -> inFlight() == 0)) {
      throw new IllegalStateException(
          "%d batches are not acknowledged after %d s; the first loss: %s"
              .formatted(inFlight(), atMost.toSeconds(), tally.firstLoss()));
    }
  }

  /** Batches that are sent and not acknowledged, of all devices. */
  public long inFlight() {
    return ask(() -> devices.stream().mapToLong(Device::inFlight).sum());
  }

  /** Asks on the loop's thread. */
  <T> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> answer.complete(question.get()));
    if (!await(Duration.ofSeconds(60), answer::isDone)) {
      throw new IllegalStateException("the load generator does not answer");
    }
    return answer.join();
  }

  public int size() {
    return devices.size();
  }

  public Shape shape() {
    return shape;
  }

  public Tally tally() {
    return tally;
  }

  /** What the devices count of their commands. */
  public CommandTally commands() {
    return commands;
  }

  /** Where all streams stand. */
  public List<Position> positions() {
    return ask(() -> devices.stream().map(Device::position).toList());
  }

  /** Fails when a device was lost: figures of a load that broke off mean nothing. */
  public void check() {
    loop.check();
    if (tally.lost() > 0) {
      throw new IllegalStateException(
          "%d devices were lost; the first: %s".formatted(tally.lost(), tally.firstLoss()));
    }
  }

  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      loop.close();
    }
  }

  /** Does it on the loop's thread. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  // For devices, on the loop's thread.

  boolean greets() {
    return greets;
  }

  EventLoop loop() {
    return loop;
  }

  List<Device> devices() {
    return devices;
  }

  long nowUs(long nowNanos) {
    return startUs + (nowNanos - startNanos) / 1_000;
  }

  void opened(Device device) {
    tally.opened();
    if (returns != null) {
      returns.opened(device, System.nanoTime());
    }
    connecting--;
    connectMore();
    roomFor(device);
  }

  void gone(Device device, boolean wasOpen, String why) {
    if (wasOpen) {
      tally.ended();
    } else {
      connecting--;
    }
    if (!leaving && returns != null) {
      returns.gone(device, why, System.nanoTime());
      connectMore();
    } else if (!leaving) {
      tally.lost(why);
      connectMore();
    }
  }

  void heartbeatEvery(int millis) {
    pacer.heartbeatEvery(millis);
  }

  void roomFor(Device device) {
    if (load instanceof Load.Saturating(int inFlight)) {
      int room = device.room(inFlight);
      if (room > 0) {
        device.send(room);
      }
    }
  }

  private void tick(long now) {
    if (returns != null) {
      toConnect.addAll(returns.due(now));
      connectMore();
    }
    pacer.tick(now);
  }
}
