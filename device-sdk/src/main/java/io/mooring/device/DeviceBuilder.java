package io.mooring.device;

import io.mooring.device.internal.loop.DaemonThreads;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.loop.ThreadLoop;
import io.mooring.device.internal.session.Backoff;
import io.mooring.device.internal.session.Supervisor;
import io.mooring.device.internal.telemetry.Overflow;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Describes a device, then starts it. Every setting has a default that suits most devices. Not
 * thread-safe; may be used once or more often.
 */
public final class DeviceBuilder {
  private static final Duration WELCOME_WITHIN = Duration.ofSeconds(20);
  private static final Duration STABLE_AFTER = Duration.ofSeconds(30);
  private static final int LEAST_OUTBOX_BYTES = 64 * 1024;
  private static final int LEAST_STORED_BYTES = 1024 * 1024;
  private static final int MEMORY_BYTES = 4 * 1024 * 1024;
  private static final int STORED_BYTES = 64 * 1024 * 1024;

  private final URI endpoint;
  private final @Nullable String token;
  private final @Nullable TokenStore tokens;
  private final @Nullable SSLContext tls;
  private final Map<String, CommandHandler> handlers = new HashMap<>();
  private @Nullable Consumer<DeviceState> stateListener;
  private final Set<String> repeatable = new HashSet<>();
  private @Nullable Store store;
  private int outboxBytes; // 0: the default
  private WhenFull whenFull = WhenFull.DROP_OLDEST;
  private Duration linger = Duration.ofMillis(100);
  private int commandsAtOnce = 1;
  private Duration firstDelay = Duration.ofSeconds(1);
  private Duration longestDelay = Duration.ofMinutes(2);
  private Duration refusedDelay = Duration.ofHours(1);

  DeviceBuilder(@Nullable URI hub, @Nullable String token) {
    this.endpoint = HubAddress.endpoint(hub);
    this.token = TokenShape.checked(token);
    this.tokens = null;
    this.tls = null;
  }

  DeviceBuilder(@Nullable URI hub, TokenStore tokens) {
    this.endpoint = HubAddress.endpoint(hub);
    this.token = null;
    this.tokens = tokens;
    this.tls = null;
  }

  DeviceBuilder(@Nullable URI hub, SSLContext tls) {
    this.endpoint = HubAddress.endpoint(hub);
    if (!endpoint.getScheme().equals("wss")) {
      throw new IllegalArgumentException("a certificate is shown in TLS: the address needs wss");
    }
    this.token = null;
    this.tokens = null;
    this.tls = Objects.requireNonNull(tls, "tls");
  }

  /**
   * Carries commands of this name out. Commands of any other name are rejected, with a message that
   * says which ones there are.
   *
   * @throws IllegalArgumentException when the name has a handler already
   */
  public DeviceBuilder on(String command, CommandHandler handler) {
    if (handlers.putIfAbsent(command, handler) != null) {
      throw new IllegalArgumentException("command '" + command + "' has a handler already");
    }
    return this;
  }

  /**
   * As {@link #on}, for a command that does no harm when it is carried out twice. When the process
   * ends while a command is carried out, the next process answers that it failed ({@code
   * {"cause":"interrupted"}}); this one is begun again instead, when the hub delivers it again.
   * Without a {@link #store(Store) store} that happens to every command, and {@link #start} logs a
   * warning if there are any that were registered by {@link #on}.
   */
  public DeviceBuilder onRepeatable(String command, CommandHandler handler) {
    on(command, handler);
    repeatable.add(command);
    return this;
  }

  /** As {@link #store(Store)}, with the default settings. */
  public DeviceBuilder store(Path folder) {
    return store(Store.in(folder));
  }

  /**
   * Keeps readings and the results of commands on disk. Without this they are in memory and end
   * with the process: a command that was being carried out then, or whose result the hub had not
   * acknowledged, is carried out again by the next process.
   */
  public DeviceBuilder store(Store store) {
    this.store = store;
    return this;
  }

  /**
   * Hears of every change of state, one after the other, on a thread of the SDK; replaces an
   * earlier one.
   */
  public DeviceBuilder onState(Consumer<DeviceState> listener) {
    stateListener = listener;
    return this;
  }

  /**
   * Room for readings the hub has not stored yet, in memory or in the {@link #store(Store) store},
   * and what happens when it is used up. Default: 4 MiB in memory, 64 MiB in a store, {@link
   * WhenFull#DROP_OLDEST}.
   *
   * @param bytes at least 65536 in memory, 1048576 in a store
   */
  public DeviceBuilder outbox(int bytes, WhenFull whenFull) {
    if (bytes < LEAST_OUTBOX_BYTES) {
      throw new IllegalArgumentException(
          "an outbox of " + bytes + " bytes is less than " + LEAST_OUTBOX_BYTES);
    }
    outboxBytes = bytes;
    this.whenFull = whenFull;
    return this;
  }

  /**
   * How long a reading waits for others to share its batch while there is a connection: longer
   * means fewer bytes and later arrival. Default: 100 ms.
   *
   * @param time 0 to 1 minute
   */
  public DeviceBuilder linger(Duration time) {
    linger = within("linger", time, Duration.ZERO, Duration.ofMinutes(1));
    return this;
  }

  /**
   * How many commands may be handled at a time. Default: 1, which keeps them in order.
   *
   * @param number 1 to 16
   */
  public DeviceBuilder commandsAtOnce(int number) {
    if (number < 1 || number > 16) {
      throw new IllegalArgumentException("commandsAtOnce must be 1 to 16, not " + number);
    }
    commandsAtOnce = number;
    return this;
  }

  /**
   * How the delay between attempts grows: the first is random between 0 and {@code first}, each
   * further one between 0 and twice as much, up to {@code longest}. A delay the hub asks for is
   * kept in any case. Default: 1 second, 2 minutes.
   *
   * @param first 1 ms to 1 hour
   * @param longest {@code first} to 1 day
   */
  public DeviceBuilder backoff(Duration first, Duration longest) {
    firstDelay = within("first", first, Duration.ofMillis(1), Duration.ofHours(1));
    longestDelay = within("longest", longest, first, Duration.ofDays(1));
    return this;
  }

  /**
   * When to try again after the hub has refused this device ({@link DeviceState.Phase#REFUSED}).
   * Default: 1 hour.
   *
   * @param delay 1 ms to 7 days
   */
  public DeviceBuilder retryRefusedAfter(Duration delay) {
    refusedDelay = within("retryRefusedAfter", delay, Duration.ofMillis(1), Duration.ofDays(7));
    return this;
  }

  /**
   * Starts to connect, and returns at once; with a store, after it has read what that holds.
   *
   * @throws UncheckedIOException when the store cannot be used: it is in use by another process or
   *     device, foreign, damaged, of a newer version of the SDK, or not to be read or written. The
   *     message says how to mend it. Also when the {@link TokenStore} has no token
   * @throws IllegalArgumentException when what the {@link TokenStore} has is no token
   */
  public Device start() {
    SecureRandom random = new SecureRandom();
    TokenTransport transport =
        new TokenTransport(endpoint, token, tokens, tls == null ? null : tls.getSocketFactory());
    ThreadLoop loop = new ThreadLoop("mooring-device");
    Engine engine =
        new Engine(
            settings(),
            new Engine.Surroundings(loop, transport, transport, storage(random, loop), random),
            workers());
    engine.start();
    return new Device(engine);
  }

  private Storage storage(SecureRandom random, EventLoop loop) {
    if (store == null) {
      Set<String> once = new TreeSet<>(handlers.keySet());
      once.removeAll(repeatable);
      return Storage.inMemory(once, Clocks.random(random), loop);
    }
    try {
      return Storage.open(
          store, outboxBytes(), Set.copyOf(repeatable), Clocks.random(random), loop);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private int outboxBytes() {
    if (outboxBytes == 0) {
      return store == null ? MEMORY_BYTES : STORED_BYTES;
    }
    if (store != null && outboxBytes < LEAST_STORED_BYTES) {
      throw new IllegalArgumentException(
          "an outbox of "
              + outboxBytes
              + " bytes is less than "
              + LEAST_STORED_BYTES
              + ", which a store needs");
    }
    return outboxBytes;
  }

  Engine.Settings settings() {
    return new Engine.Settings(
        new Supervisor.Settings(agent(), WELCOME_WITHIN, STABLE_AFTER),
        new Backoff.Settings(firstDelay, longestDelay, refusedDelay),
        new TelemetryBuffer.Settings(outboxBytes(), overflow(whenFull), linger),
        new Handlers(handlers),
        commandsAtOnce,
        stateListener);
  }

  URI endpoint() {
    return endpoint;
  }

  /** One for each command at a time, and one for listeners and confirmations; none while idle. */
  private ExecutorService workers() {
    int threads = commandsAtOnce + 1;
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads("mooring-device-worker"));
    workers.allowCoreThreadTimeOut(true);
    return workers;
  }

  private static Overflow overflow(WhenFull whenFull) {
    return switch (whenFull) {
      case DROP_OLDEST -> Overflow.DROP_OLDEST;
      case DROP_NEWEST -> Overflow.DROP_NEWEST;
      case BLOCK -> Overflow.BLOCK;
    };
  }

  private static String agent() {
    String version = DeviceBuilder.class.getPackage().getImplementationVersion();
    return "mooring-java/" + (version == null ? "dev" : version);
  }

  static Duration within(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " must be " + least + " to " + most + ", not " + value);
    }
    return value;
  }
}
