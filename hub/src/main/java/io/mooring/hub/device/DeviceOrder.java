package io.mooring.hub.device;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * In which order a list holds devices: by one thing they have, and by their ids where that is the
 * same.
 */
public record DeviceOrder(By by, boolean descending) {
  public static final DeviceOrder BY_ID = new DeviceOrder(By.ID, false);

  /** A device that is online was seen just now; no time of the table says so. */
  private static final String NOW = "now";

  private static final String NEVER = "never";

  /** Behind these no clock of a hub runs, and PostgreSQL takes them. */
  private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");

  private static final String STATES = "'{online,suspect,offline,never-seen}'::text[]";

  /**
   * What devices are sorted by. Ids and names have indexes. The others sort all that the filter
   * leaves, which is bounded by the fleet: an index on presence would be paid for by each device
   * that connects.
   */
  public enum By {
    ID("id", "d.id", "?"),
    /** In any case. */
    NAME("name", "lower(d.name)", "lower(?)"),
    /** Those online count as seen now, those never seen as seen before all others. */
    LAST_SEEN(
        "last-seen",
        "CASE WHEN p.state IS NULL THEN '-infinity'::timestamptz"
            + " WHEN p.state = 'online' THEN 'infinity' ELSE p.last_seen_at END",
        "?::timestamptz"),
    /** Online, suspect, offline, never seen. */
    STATE(
        "state",
        "array_position(" + STATES + ", coalesce(p.state, 'never-seen'))",
        "array_position(" + STATES + ", ?)");

    private final String text;
    private final String expression;
    private final String parameter;

    By(String text, String expression, String parameter) {
      this.text = text;
      this.expression = expression;
      this.parameter = parameter;
    }

    /** As it stands in the API. */
    public String text() {
      return text;
    }
  }

  /**
   * A place in a list: that of the device it ends with so far.
   *
   * @param value what the device had there that the list is sorted by
   */
  public record Place(String value, String id) {}

  /** {@code name}, or {@code -name} for the other way round. */
  public static Optional<DeviceOrder> of(String text) {
    boolean descending = text.startsWith("-");
    String name = descending ? text.substring(1) : text;
    return Arrays.stream(By.values())
        .filter(by -> by.text.equals(name))
        .findFirst()
        .map(by -> new DeviceOrder(by, descending));
  }

  public String text() {
    return (descending ? "-" : "") + by.text;
  }

  /** Where a device stands. */
  public Place placeOf(KnownDevice known) {
    Device device = known.device();
    LastConnection last = known.connection();
    String value =
        switch (by) {
          case ID -> "";
          case NAME -> device.name();
          case STATE -> known.state().text();
          case LAST_SEEN ->
              last == null
                  ? NEVER
                  : last.state() == PresenceState.ONLINE ? NOW : last.lastSeenAt().toString();
        };
    return new Place(value, device.id());
  }

  /** Whether there can be this place in a list of this order. */
  public boolean has(Place place) {
    String value = place.value();
    return Device.ID.matcher(place.id()).matches()
        && switch (by) {
          case ID -> value.isEmpty();
          case NAME -> !value.isEmpty() && value.indexOf('\0') < 0;
          case STATE -> PresenceState.of(value).isPresent();
          case LAST_SEEN -> value.equals(NOW) || value.equals(NEVER) || isTime(value);
        };
  }

  private static boolean isTime(String text) {
    try {
      Instant time = Instant.parse(text);
      return time.isAfter(FIRST) && time.isBefore(LAST);
    } catch (DateTimeException _) {
      return false;
    }
  }

  /** What holds for the devices behind a place; its values are those of {@link #values}. */
  String behind() {
    String than = descending ? "<" : ">";
    return by == By.ID
        ? "d.id %s ?".formatted(than)
        : "(%s, d.id) %s (%s, ?)".formatted(by.expression, than, by.parameter);
  }

  static List<Object> values(By by, Place place) {
    return switch (by) {
      case ID -> List.of(place.id());
      case NAME, STATE -> List.of(place.value(), place.id());
      case LAST_SEEN -> List.of(sqlTime(place.value()), place.id());
    };
  }

  private static String sqlTime(String value) {
    return switch (value) {
      case NOW -> "infinity";
      case NEVER -> "-infinity";
      default -> value;
    };
  }

  String orderBy() {
    String direction = descending ? " DESC" : "";
    return by == By.ID
        ? "d.id" + direction
        : "%s%s, d.id%s".formatted(by.expression, direction, direction);
  }
}
