package io.mooring.hub.webhook;

import io.mooring.hub.event.Event;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that is told of events.
 *
 * @param disabled why it is told of nothing; null: it is told
 * @param position the newest event that was looked at for it
 * @param failingSince null: the last attempt of any delivery went well
 */
public record Webhook(
    String id,
    String name,
    URI url,
    Filter filter,
    Secrets secrets,
    @Nullable Cause disabled,
    long position,
    Instant createdAt,
    @Nullable Instant failingSince) {

  /** What a filter may name: events that are stored, and so can be told at least once. */
  public static final List<String> TYPES = List.of("presence", "command", "job");

  /** Why a webhook is disabled. */
  public enum Cause {
    /** By hand. */
    OPERATOR,
    /** The endpoint answered 410. */
    GONE,
    /** It failed for too long. */
    FAILING;

    /** As it stands in the table and in the API. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static @Nullable Cause of(@Nullable String text) {
      return text == null ? null : valueOf(text.toUpperCase(java.util.Locale.ROOT));
    }
  }

  /**
   * Which events it is told of. With devices or tags these are events of single devices only.
   *
   * @param types some of {@link #TYPES}
   * @param devices ids; empty: all
   * @param tags all of which a device must have
   */
  public record Filter(Set<String> types, Set<String> devices, Map<String, String> tags) {
    public Filter {
      types = Set.copyOf(types);
      devices = Set.copyOf(devices);
      tags = Map.copyOf(tags);
    }

    /** Whether the event passes, but for the tags of its device. */
    boolean passes(Event.Durable event) {
      String device = event.device();
      return types.contains(event.type())
          && (devices.isEmpty() || (device != null && devices.contains(device)))
          && (tags.isEmpty() || device != null);
    }
  }

  /**
   * What signs.
   *
   * @param previous signs beside the current one; null: none does
   * @param previousUntil when it ceases to
   */
  record Secrets(
      SigningSecret current, @Nullable SigningSecret previous, @Nullable Instant previousUntil) {
    /** The value of the header {@code webhook-signature}. */
    String sign(String id, Instant now, byte[] body) {
      long timestamp = now.getEpochSecond();
      String first = current.sign(id, timestamp, body);
      return previous == null || previousUntil == null || !now.isBefore(previousUntil)
          ? first
          : first + " " + previous.sign(id, timestamp, body);
    }
  }

  /** It is not as the caller knows it; nothing was changed. */
  public static final class Stale extends RuntimeException {
    Stale() {
      super("changed meanwhile", null, false, false);
    }
  }

  /** Another one after each change of what an admin may edit, and of no other webhook. */
  public String version() {
    List<String> parts = new ArrayList<>(List.of(id, name, url.toString()));
    parts.add(new TreeSet<>(filter.types()).toString());
    parts.add(new TreeSet<>(filter.devices()).toString());
    new TreeMap<>(filter.tags()).forEach((key, value) -> parts.addAll(List.of(key, value)));
    parts.add(String.valueOf(disabled));
    StringBuilder all = new StringBuilder();
    // With their lengths, as they may hold anything.
    parts.forEach(part -> all.append(part.length()).append(':').append(part));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What signs from now on. */
  public SigningSecret secret() {
    return secrets.current();
  }

  /**
   * What the rotation that made the current secret made, as {@link io.mooring.hub.db.Once} has it.
   */
  public String secretTarget() {
    return targetOf(id, secret());
  }

  static String targetOf(String id, SigningSecret secret) {
    return "webhooks/" + id + "#" + secret.mark();
  }

  public boolean enabled() {
    return disabled == null;
  }

  /** Until when the secret before this one signs too; null: none does. */
  public @Nullable Instant previousSecretUntil() {
    return secrets.previousUntil();
  }

  /** The URL for those who only look: what comes after the host is often a password. */
  public String host() {
    return url.getScheme() + "://" + url.getRawAuthority() + "/…";
  }

  /** For people, in a log. */
  String label() {
    return "Webhook " + id + " (" + name + ")";
  }
}
