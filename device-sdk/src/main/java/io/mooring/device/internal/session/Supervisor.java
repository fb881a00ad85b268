package io.mooring.device.internal.session;

import io.mooring.device.internal.command.CommandDesk;
import io.mooring.device.internal.loop.EventLoop;
import io.mooring.device.internal.telemetry.TelemetryBuffer;
import io.mooring.device.internal.transport.Ending;
import io.mooring.device.internal.transport.Transport;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the device connected: one session after the other until it is stopped. Lives on the loop.
 */
public final class Supervisor implements SessionOwner {
  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  private final EventLoop loop;
  private final Transport transport;
  private final TelemetryBuffer telemetry;
  private final CommandDesk commands;
  private final TokenDesk tokens;
  private final Settings settings;
  private final Backoff backoff;
  private final StateListener listener;
  private volatile @Nullable Session session;
  private EventLoop.@Nullable Timer timer;
  private int tokensKept;
  private boolean stopping;

  /** Told by the present session's Welcome; once it is used, the usual delays are enough. */
  private Duration slot = Duration.ZERO;

  private boolean stopped;

  private final Runnable connect =
      new Runnable() {
        @Override
        public void run() {
          connect();
        }
      };

  private final Runnable connectWhenStored =
      new Runnable() {
        @Override
        public void run() {
          tokens().whenIdle(connect);
        }
      };

  /**
   * @param backoff of this device alone
   * @param listener called on the loop
   */
  public Supervisor(
      EventLoop loop,
      Transport transport,
      TelemetryBuffer telemetry,
      CommandDesk commands,
      TokenDesk tokens,
      Settings settings,
      Backoff backoff,
      StateListener listener) {
    this.loop = loop;
    this.transport = transport;
    this.telemetry = telemetry;
    this.commands = commands;
    this.tokens = tokens;
    this.settings = settings;
    this.backoff = backoff;
    this.listener = listener;
  }

  /** Connects, and goes on doing so. */
  public void start() {
    loop.execute(connect);
  }

  private TokenDesk tokens() {
    return tokens;
  }

  /** There may be telemetry to send. */
  public void pump() {
    Session present = session;
    if (present != null) {
      present.pump();
    }
  }

  /** Time from a heartbeat to its answer, in the present session. May be called from any thread. */
  public Optional<Duration> roundTrip() {
    Session present = session;
    return present == null ? Optional.empty() : Optional.ofNullable(present.roundTrip());
  }

  /**
   * Ends the session and connects no more; the listener hears {@code closed} within a second or so.
   */
  public void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    cancelTimer();
    commands.close();
    Session present = session;
    if (present == null) {
      finished();
    } else {
      present.close("device closed");
    }
  }

  private void connect() {
    if (stopping) {
      return;
    }
    listener.connecting();
    tokensKept = tokens.kept();
    Session next = new Session(loop, telemetry, commands, tokens, settings.agent(), this);
    session = next;
    next.connect(transport, settings.welcomeWithin());
  }

  @Override
  public void welcomed(Session opened, long epoch, Duration reconnectSlot) {
    if (stopping) {
      return;
    }
    slot = reconnectSlot;
    log.info("Connected to the hub, session {}", epoch);
    timer =
        loop.schedule(
            settings.stableAfter(),
            new Runnable() {
              @Override
              public void run() {
                backoff.reset();
              }
            });
    listener.connected(epoch);
  }

  @Override
  public void ended(Session old, Ending ending) {
    session = null;
    cancelTimer();
    if (stopping) {
      finished();
      return;
    }
    Verdict verdict = Verdict.of(ending);
    if (verdict.action() == Verdict.Action.STAY_AWAY && tokens.hasNewerThan(tokensKept)) {
      // The older token was refused, and the device has the next one in hand.
      verdict = new Verdict(Verdict.Action.RECONNECT, verdict.least(), verdict.reason());
    }
    Duration delay = backoff.next(verdict).plus(Verdict.isLost(ending) ? slot : Duration.ZERO);
    slot = Duration.ZERO;
    switch (verdict.action()) {
      case RECONNECT, BACK_OFF -> {
        log.info("Not connected ({}); next attempt in {} ms", verdict.reason(), delay.toMillis());
        listener.waiting(verdict.reason(), delay);
      }
      case STAY_AWAY -> {
        log.warn("Refused ({}); next attempt in {} s", verdict.reason(), delay.toSeconds());
        listener.refused(verdict.reason(), delay);
      }
    }
    timer = loop.schedule(delay, connectWhenStored);
  }

  private void finished() {
    if (stopped) {
      return;
    }
    stopped = true;
    cancelTimer();
    listener.closed();
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  /**
   * @param agent name and version for Hello, at most 128 bytes
   * @param welcomeWithin from the attempt to Welcome
   * @param stableAfter how long a session must last for the next failure to count as the first
   */
  public record Settings(String agent, Duration welcomeWithin, Duration stableAfter) {}

  /** Hears of every change, on the loop. */
  public interface StateListener {
    void connecting();

    void connected(long epoch);

    void waiting(String reason, Duration retryIn);

    void refused(String reason, Duration retryIn);

    /** Last. */
    void closed();
  }
}
