package io.mooring.device;

import io.mooring.device.DeviceState.Phase;
import io.mooring.device.internal.command.CommandDesk;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.loop.SerialExecutor;
import io.mooring.device.internal.session.Backoff;
import io.mooring.device.internal.session.Supervisor;
import io.mooring.device.internal.session.TokenDesk;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.device.internal.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything a device consists of, put together. */
final class Engine implements Supervisor.StateListener {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final ExecutorService workers;
  private final SerialExecutor notifications;
  private final @Nullable Consumer<DeviceState> stateListener;
  private final Duration linger;
  private final Storage storage;
  private final TelemetryBuffer telemetry;
  private final Supervisor supervisor;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile DeviceState state = DeviceState.of(Phase.CONNECTING);

  private final Runnable pump =
      new Runnable() {
        @Override
        public void run() {
          supervisor().pump();
        }
      };

  private final Runnable sealAndPump =
      new Runnable() {
        @Override
        public void run() {
          telemetry().sealDue();
          supervisor().pump();
        }
      };

  /**
   * @param workers where the program's own code is called
   */
  Engine(Settings settings, Surroundings surroundings, ExecutorService workers) {
    this.loop = surroundings.loop();
    this.workers = workers;
    this.notifications = new SerialExecutor(workers);
    this.stateListener = settings.stateListener();
    this.linger = settings.telemetry().linger();
    this.storage = surroundings.storage();
    this.telemetry =
        new TelemetryBuffer(
            settings.telemetry(),
            storage.outbox(),
            storage.shapes(),
            Clocks.monotonic(loop),
            workers);
    CommandDesk desk =
        new CommandDesk(
            loop, workers, storage.journal(), settings.commands(), settings.commandsAtOnce());
    this.supervisor =
        new Supervisor(
            loop,
            surroundings.transport(),
            telemetry,
            desk,
            new TokenDesk(loop, workers, surroundings.keeper()),
            settings.connection(),
            new Backoff(settings.backoff(), surroundings.random()),
            this);
  }

  void start() {
    supervisor.start();
    storage.syncRegularly(loop);
  }

  private Supervisor supervisor() {
    return supervisor;
  }

  TelemetryBuffer telemetry() {
    return telemetry;
  }

  void pump() {
    loop.execute(pump);
  }

  void pumpAfterLinger() {
    loop.schedule(linger, sealAndPump);
  }

  void persist() throws IOException {
    telemetry.sealAll();
    pump();
    storage.sync();
  }

  DeviceState state() {
    return state;
  }

  Stats stats() {
    TelemetryBuffer.Counts counts = telemetry.counts();
    return new Stats(
        counts.waiting(),
        counts.waitingBytes(),
        counts.stored(),
        counts.dropped(),
        supervisor.roundTrip().orElse(null));
  }

  void close() {
    loop.execute(
        new Runnable() {
          @Override
          public void run() {
            supervisor.stop();
          }
        });
    try {
      if (!closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("The goodbye took too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void connecting() {
    become(DeviceState.of(Phase.CONNECTING));
  }

  @Override
  public void connected(long epoch) {
    become(DeviceState.of(Phase.CONNECTED));
  }

  @Override
  public void waiting(String reason, Duration retryIn) {
    become(new DeviceState(Phase.WAITING, reason, retryIn));
  }

  @Override
  public void refused(String reason, Duration retryIn) {
    become(new DeviceState(Phase.REFUSED, reason, retryIn));
  }

  @Override
  public void closed() {
    become(DeviceState.of(Phase.CLOSED));
    telemetry.close();
    storage.close();
    // What no worker has begun is run here, lest a confirmation is lost; commands know they are
    // late.
    notifications.execute(
        new Runnable() {
          @Override
          public void run() {
            for (Runnable task : workers.shutdownNow()) {
              task.run();
            }
          }
        });
    closed.countDown();
    loop.close();
  }

  private void become(DeviceState next) {
    state = next;
    notifications.execute(
        new Runnable() {
          @Override
          public void run() {
            tell(next);
          }
        });
  }

  private void tell(DeviceState next) {
    if (stateListener == null) {
      return;
    }
    try {
      stateListener.accept(next);
    } catch (RuntimeException e) {
      log.warn("The state listener failed", e);
    }
  }

  /** What a builder gathers. */
  record Settings(
      Supervisor.Settings connection,
      Backoff.Settings backoff,
      TelemetryBuffer.Settings telemetry,
      CommandDesk.Handler commands,
      int commandsAtOnce,
      @Nullable Consumer<DeviceState> stateListener) {}

  /** The world outside: time, chance, the network, and where all is kept. */
  record Surroundings(
      EventLoop loop,
      Transport transport,
      TokenDesk.Keeper keeper,
      Storage storage,
      RandomGenerator random) {}
}
