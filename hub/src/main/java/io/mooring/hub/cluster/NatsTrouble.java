package io.mooring.hub.cluster;

import io.mooring.hub.config.ClusterConfig;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether NATS is away, and why in words. It is tried every moment for as long as that takes, so
 * the same trouble is a line of the log once, and then seldom. Safe for all threads.
 */
final class NatsTrouble {
  private static final Logger LOG = LoggerFactory.getLogger(NatsTrouble.class);

  /** Servers that start together with this hub, or another of them that takes over, are no news. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  /** Until the same is said again. */
  private static final Duration AGAIN = Duration.ofMinutes(10);

  /** Different ones between two repetitions; beyond it they are not said. */
  private static final int SAID = 16;

  private final String servers;
  private final String credential;
  private final InstantSource clock;
  private final Map<String, Instant> said = new HashMap<>(); // guarded by this
  private volatile @Nullable Instant awaySince;
  private boolean refused; // guarded by this
  private String why = "not connected yet"; // guarded by this

  NatsTrouble(ClusterConfig.Nats config, InstantSource clock) {
    this.servers = String.join(",", config.servers());
    this.credential = credential(config);
    this.clock = clock;
    this.awaySince = clock.instant();
  }

  private static String credential(ClusterConfig.Nats config) {
    if (config.user() != null) {
      return "nats.user or nats.password is not what it asks for";
    }
    return config.token() != null
        ? "nats.token is not what it asks for"
        : "it asks for nats.user and nats.password, or nats.token, and none of them is set";
  }

  boolean isAway() {
    return awaySince != null;
  }

  /** Empty: it answers. */
  synchronized Optional<String> problem() {
    Instant since = awaySince;
    return since == null
        ? Optional.empty()
        : Optional.of("NATS is away since %s: %s".formatted(since, why));
  }

  synchronized void answers(@Nullable String server) {
    if (awaySince != null) {
      LOG.info("NATS answers at {}", server);
      said.clear();
    }
    awaySince = null;
    refused = false;
  }

  /**
   * There was a connection, or another attempt to make one has ended.
   *
   * @param error what the server said last
   */
  synchronized void lost(@Nullable String error) {
    if (awaySince != null) {
      return;
    }
    awaySince = clock.instant();
    why = error == null || error.isEmpty() ? "the connection is lost" : error;
    LOG.warn("NATS is away ({}): hubs hear of each other by looking, every few seconds", why);
  }

  /** A server has sent an error. */
  synchronized void told(String error) {
    String lower = error.toLowerCase(Locale.ROOT);
    if (lower.contains("authorization") || lower.contains("authentication")) {
      why = error;
      refused = true;
      say(
          "NATS refuses this hub (%s): %s; it is tried again. nats.url is %s"
              .formatted(error, credential, servers));
    } else {
      say("NATS says: %s. nats.url is %s".formatted(error, servers));
    }
  }

  /** An attempt to connect has failed, or a connection. */
  synchronized void failed(Exception error) {
    LOG.debug("NATS", error);
    Instant since = awaySince;
    String words = words(error);
    if (since == null || words == null) {
      return;
    }
    why = words;
    refused = false;
    if (!clock.instant().isBefore(since.plus(GRACE))) {
      say(
          "NATS cannot be reached, and is tried again: %s. nats.url is %s"
              .formatted(words, servers));
    }
  }

  private void say(String sentence) {
    Instant now = clock.instant();
    said.values().removeIf(at -> !now.isBefore(at.plus(AGAIN)));
    if (said.size() < SAID && said.putIfAbsent(sentence, now) == null) {
      LOG.warn("{}", sentence);
    }
  }

  /** Null: that follows from a refusal which is known, as the server then hangs up. */
  private @Nullable String words(Exception error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return "the name of the host cannot be resolved";
      }
      if (cause instanceof ConnectException) {
        return "nothing listens there (%s)".formatted(cause.getMessage());
      }
      if (cause instanceof SSLException) {
        return "TLS fails, see nats.tls-*: " + cause.getMessage();
      }
      if (cause instanceof TimeoutException && !refused) {
        return "no answer in time";
      }
    }
    return refused ? null : meaning(root(error));
  }

  private static Throwable root(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** The library has no types for these. */
  private static String meaning(Throwable error) {
    String message = String.valueOf(error.getMessage());
    return switch (message) {
      case "SSL connection wanted by client." ->
          "the server has no TLS, which nats.url or nats.tls-ca asks for";
      case "SSL required by server." -> "the server asks for TLS; write tls:// in nats.url";
      case "Read past initial info message.",
          "Missed LF after CR waiting for INFO.",
          "Failed to read initial info message.",
          "Received non-info initial message." ->
          "what answers there is no NATS server, or hangs up at once";
      default -> "%s (%s)".formatted(message, error.getClass().getSimpleName());
    };
  }
}
