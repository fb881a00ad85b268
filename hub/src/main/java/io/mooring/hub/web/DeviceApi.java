package io.mooring.hub.web;

import io.mooring.hub.db.Once;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.DeviceToken;
import io.mooring.hub.device.DeviceTokens;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.LastConnection;
import io.mooring.hub.device.LiveSessions.Live;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Devices and their tokens. */
final class DeviceApi {
  record NewDevice(
      @Nullable String id, @Nullable String name, @Nullable Map<String, @Nullable String> tags) {}

  record DeviceView(
      String id,
      String name,
      Map<String, String> tags,
      boolean enabled,
      Instant createdAt,
      PresenceView presence) {}

  record PresenceView(
      String state,
      @Nullable Instant since,
      @Nullable Instant lastSeenAt,
      @Nullable Long epoch,
      @Nullable String address,
      @Nullable String agent,
      @Nullable Integer closeCode,
      @Nullable String closeReason,
      @Nullable Long droppedReadings,
      @Nullable Double roundTripMs,
      @Nullable Double clockOffsetMs) {}

  record Page<T>(List<T> items, @Nullable String next) {}

  record NewToken(@Nullable String name, @Nullable String notBefore, @Nullable String expiresAt) {}

  record TokenView(
      String id,
      String name,
      Instant createdAt,
      Instant notBefore,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable String revokedCause,
      @Nullable String replaces,
      boolean unproven,
      @Nullable Instant lastUsedAt,
      @Nullable String lastUsedAddress,
      @Nullable String token) {}

  private DeviceApi() {}

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    NewDevice body = exchange.body(NewDevice.class);
    String id = body.id();
    if (id == null || !Device.ID.matcher(id).matches()) {
      throw Refusal.of(
          "/id",
          "Needed: 1 to 64 characters of A-Z a-z 0-9 . _ : - and the first a letter or digit.");
    }
    String name = body.name() == null ? id : Text.bounded("/name", body.name(), 1, 128);
    Map<String, String> tags = tags(body.tags() == null ? Map.of() : body.tags());
    DeviceStore devices = exchange.parts().devices();
    try {
      Device device =
          devices
              .create(id, name, tags, exchange.once(body), exchange.actor(), exchange.now())
              .orElseThrow(() -> taken(id));
      return Reply.created(path(device), view(exchange, new KnownDevice(device, null)));
    } catch (Once.Repeated repeated) {
      KnownDevice made =
          (repeated.same() ? devices.find(id) : Optional.<KnownDevice>empty())
              .orElseThrow(() -> repeated);
      return new Reply.Body(
          HttpStatus.OK_200, Map.of("Location", path(made.device())), view(exchange, made));
    }
  }

  private static String path(Device device) {
    return "/api/v1/devices/" + device.id();
  }

  private static Refusal taken(String id) {
    return new Refusal(
        Problem.of(
            HttpStatus.CONFLICT_409,
            "device-exists",
            "The id is taken",
            "A device %s exists already. Choose another id, or use that device.".formatted(id)));
  }

  static Reply get(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    return new Reply.Body(
        HttpStatus.OK_200, Precondition.tagOf(device.device().version()), view(exchange, device));
  }

  static Reply listTokens(Exchange exchange) {
    exchange.onlyQuery();
    List<DeviceToken> tokens = exchange.parts().tokens().list(exchange.device().device().key());
    return Reply.ok(new Page<>(tokens.stream().map(token -> view(token, null)).toList(), null));
  }

  static Reply createToken(Exchange exchange) {
    exchange.onlyQuery();
    KnownDevice device = exchange.device();
    NewToken body =
        exchange.optionalBody(NewToken.class).orElseGet(() -> new NewToken(null, null, null));
    Instant now = exchange.now();
    String name = body.name() == null ? "token" : Text.bounded("/name", body.name(), 1, 128);
    Instant notBefore = Text.instant("/notBefore", body.notBefore());
    Instant expiresAt = Text.instant("/expiresAt", body.expiresAt());
    Instant start = notBefore == null ? now : notBefore;
    if (expiresAt != null && (!expiresAt.isAfter(start) || !expiresAt.isAfter(now))) {
      throw Refusal.of("/expiresAt", "Must lie in the future and after notBefore.");
    }
    try {
      DeviceTokens.Issued issued =
          exchange
              .parts()
              .tokens()
              .issue(
                  device.device().key(),
                  name,
                  start,
                  expiresAt,
                  exchange.once(body),
                  exchange.actor(),
                  now);
      return Reply.created(view(issued.token(), issued.secret().reveal()));
    } catch (DeviceTokens.TooMany full) {
      throw new Refusal(
          Problem.of(
              HttpStatus.CONFLICT_409,
              "too-many-tokens",
              "The device has enough tokens",
              full.getMessage() + " Revoke one that is no longer used."));
    }
  }

  static Reply revokeToken(Exchange exchange) {
    exchange.onlyQuery();
    String id = exchange.variable("token");
    Text.requireClean("", id);
    int device = exchange.device().device().key();
    if (!exchange.parts().tokens().revoke(device, id, exchange.actor(), exchange.now())) {
      throw Refusal.notFound("The device has no token of this id.");
    }
    return Reply.nothing();
  }

  /** All that {@code ?tag=} asks for. */
  static Map<String, String> tagFilter(Exchange exchange) {
    Map<String, String> tags = new HashMap<>();
    for (String tag : exchange.queries("tag")) {
      int equals = tag.indexOf('=');
      if (equals < 1) {
        throw Refusal.of("?tag", "Must be of the form key=value.");
      }
      String value = tag.substring(equals + 1);
      String other = tags.put(tag.substring(0, equals), value);
      if (other != null && !other.equals(value)) {
        throw Refusal.of("?tag", "No device has two values of one tag.");
      }
    }
    return tags;
  }

  static Map<String, String> tags(Map<String, @Nullable String> given) {
    if (given.size() > 32) {
      throw Refusal.of("/tags", "A device has at most 32 tags.");
    }
    Map<String, String> tags = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          String pointer = "/tags/" + key.replace("~", "~0").replace("/", "~1");
          if (value == null) {
            throw Refusal.of(pointer, "A text is needed, not null.");
          }
          Text.bounded(pointer, key, 1, 128);
          if (key.contains("=")) {
            throw Refusal.of(pointer, "A tag's key must not contain =.");
          }
          tags.put(key, Text.bounded(pointer, value, 0, 128));
        });
    return tags;
  }

  static DeviceView view(Exchange exchange, KnownDevice known) {
    Device device = known.device();
    return new DeviceView(
        device.id(),
        device.name(),
        device.tags(),
        device.enabled(),
        device.createdAt(),
        presence(exchange, known));
  }

  private static PresenceView presence(Exchange exchange, KnownDevice known) {
    LastConnection last = known.connection();
    String state = known.state().text();
    if (last == null) {
      return new PresenceView(state, null, null, null, null, null, null, null, null, null, null);
    }
    Live live = exchange.parts().liveSessions().of(known.device().key()).orElse(null);
    return new PresenceView(
        state,
        last.since(),
        lastSeenAt(last, live, exchange.now()),
        last.epoch(),
        last.address(),
        last.agent(),
        last.closeCode(),
        last.closeReason(),
        last.droppedReadings(),
        live == null ? null : live.roundTripMs(),
        live == null ? null : live.clockOffsetMs());
  }

  /**
   * The database learns of a device's life only when its state changes; a live session knows
   * better.
   */
  private static Instant lastSeenAt(LastConnection last, @Nullable Live live, Instant now) {
    Instant heard = live == null ? last.lastSeenAt() : now.minus(live.silent());
    return heard.isAfter(last.lastSeenAt()) ? heard : last.lastSeenAt();
  }

  private static TokenView view(DeviceToken token, @Nullable String secret) {
    return new TokenView(
        token.id(),
        token.name(),
        token.createdAt(),
        token.notBefore(),
        token.expiresAt(),
        token.revokedAt(),
        token.revokedCause(),
        token.replaces(),
        token.unproven(),
        token.lastUsedAt(),
        token.lastUsedAddress(),
        secret);
  }

  static String cursorOf(String place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  static String textOf(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw noCursor();
    }
  }

  static String lastId(String cursor) {
    String id = textOf(cursor);
    if (!Device.ID.matcher(id).matches()) {
      throw noCursor();
    }
    return id;
  }

  static Refusal noCursor() {
    return Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
  }
}
