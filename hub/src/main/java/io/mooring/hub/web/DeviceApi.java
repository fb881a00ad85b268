package io.mooring.hub.web;

import io.mooring.hub.db.Once;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.DeviceStore;
import io.mooring.hub.device.KnownDevice;
import io.mooring.hub.device.LastConnection;
import io.mooring.hub.device.LiveSessions.Live;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Devices. */
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

  private DeviceApi() {}

  static Reply create(Exchange exchange) {
    exchange.onlyQuery();
    Faults faults = new Faults();
    NewDevice body = exchange.body(NewDevice.class, faults);
    String id = faults.read(() -> newId(body.id()), "");
    String name =
        faults.read(
            () -> body.name() == null ? id : Text.bounded("/name", body.name(), 1, 128), "");
    Map<String, String> tags =
        faults.read(() -> tags(body.tags() == null ? Map.of() : body.tags()), Map.of());
    faults.end();
    DeviceStore devices = exchange.parts().devices();
    try {
      Device device =
          devices
              .create(id, name, tags, exchange.once(body), exchange.actor(), exchange.now())
              .orElseThrow(() -> taken(id));
      return shown(HttpStatus.CREATED_201, exchange, new KnownDevice(device, null));
    } catch (Once.Repeated repeated) {
      KnownDevice made =
          (repeated.same() ? devices.find(id) : Optional.<KnownDevice>empty())
              .orElseThrow(() -> repeated);
      return shown(HttpStatus.OK_200, exchange, made);
    }
  }

  /** What was made, where it is, and what an edit of it names. */
  private static Reply shown(int status, Exchange exchange, KnownDevice made) {
    Map<String, String> headers = new HashMap<>(Precondition.tagOf(made.device().version()));
    headers.put("Location", path(made.device()));
    return new Reply.Body(status, headers, view(exchange, made));
  }

  /** Of a device that is to be registered. */
  static String newId(@Nullable String id) {
    if (id == null || !Device.ID.matcher(id).matches()) {
      throw Refusal.of(
          "/id",
          "Needed: 1 to 64 characters of A-Z a-z 0-9 . _ : - and the first a letter or digit.");
    }
    return id;
  }

  static String path(Device device) {
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
    Faults faults = new Faults();
    given.forEach((key, value) -> faults.look(() -> tags.put(key, tag(key, value))));
    faults.end();
    return tags;
  }

  private static String tag(String key, @Nullable String value) {
    String pointer = "/tags/" + key.replace("~", "~0").replace("/", "~1");
    if (value == null) {
      throw Refusal.of(pointer, "A text is needed, not null.");
    }
    Text.bounded(pointer, key, 1, 128);
    if (key.contains("=")) {
      throw Refusal.of(pointer, "A tag's key must not contain =.");
    }
    return Text.bounded(pointer, value, 0, 128);
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
    Instant heard =
        live == null ? last.lastSeenAt() : now.minus(live.silent()).truncatedTo(ChronoUnit.MICROS);
    return heard.isAfter(last.lastSeenAt()) ? heard : last.lastSeenAt();
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
