package io.mooring.hub.device;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.db.Database;
import io.mooring.hub.db.DatabaseException;
import io.mooring.hub.db.Timestamps;
import io.mooring.hub.wire.CloseReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** What operators change of a device that exists, up to its end. */
public final class DeviceEditStore {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceEditStore.class);
  private static final JsonMapper JSON = new JsonMapper();

  /** Ends all sessions of a device; called after the commit, must not block. */
  @FunctionalInterface
  public interface Ender {
    void end(int deviceKey, CloseReason reason);
  }

  /** What is to be different; null: stays as it is. */
  public record Edit(
      @Nullable String name, @Nullable Map<String, String> tags, @Nullable Boolean enabled) {}

  /** What came of it. */
  public sealed interface Outcome {
    /** Done; how the device is now, or was last. */
    record Done(Device device) implements Outcome {}

    record Unknown() implements Outcome {}

    /** It is not as the caller knows it; nothing was changed. */
    record Stale() implements Outcome {}
  }

  private final Database database;
  private final Ender ender;
  private final DeletedDeviceStore deleted;

  public DeviceEditStore(Database database, Ender ender, DeletedDeviceStore deleted) {
    this.database = database;
    this.ender = ender;
    this.deleted = deleted;
  }

  /**
   * Changes a device. One that is turned off loses its sessions, also where it was off already.
   *
   * @param asKnown whether a device of this {@link Device#version} is the one that is meant
   */
  public Outcome change(String id, Edit edit, Predicate<String> asKnown, Actor by, Instant now) {
    Outcome outcome =
        database.transaction(
            connection -> {
              Optional<Device> found = lock(connection, id);
              return found.isEmpty() || !asKnown.test(found.get().version())
                  ? refused(found)
                  : new Outcome.Done(change(connection, found.get(), edit, by, now));
            });
    if (outcome instanceof Outcome.Done(Device device) && !device.enabled()) {
      ender.end(device.key(), CloseReason.DEVICE_DISABLED);
    }
    return outcome;
  }

  /**
   * Deletes a device with its credentials, and then its unfinished commands. What else it leaves is
   * shown nowhere from now on and goes afterwards, see {@link DeletedDeviceStore}. Its telemetry
   * stays until its time is up, and belongs to no other device, also not to a later one of this id.
   */
  public Outcome delete(String id, Predicate<String> asKnown, Actor by, Instant now) {
    Outcome outcome =
        database.transaction(
            connection -> {
              Optional<Device> found = lock(connection, id);
              if (found.isEmpty() || !asKnown.test(found.get().version())) {
                return refused(found);
              }
              Device device = found.get();
              try (PreparedStatement delete =
                  connection.prepareStatement("DELETE FROM device WHERE key = ?")) {
                delete.setInt(1, device.key());
                delete.executeUpdate();
              }
              AuditStore.append(
                  connection,
                  Change.of(by, now, "device.delete", "devices/" + id)
                      .before("name", device.name())
                      .before("tags", device.tags())
                      .before("enabled", device.enabled()));
              return new Outcome.Done(device);
            });
    if (outcome instanceof Outcome.Done(Device device)) {
      ender.end(device.key(), CloseReason.TOKEN_REVOKED);
      endCommands(device);
    }
    return outcome;
  }

  /** So that whoever deletes a device finds its jobs' counts right; a sweep would do it, too. */
  private void endCommands(Device device) {
    try {
      deleted.endCommands(device.key());
    } catch (DatabaseException e) {
      LOG.debug("The commands of {} are ended in a moment", device.id(), e);
    }
  }

  private static Outcome refused(Optional<Device> found) {
    return found.isEmpty() ? new Outcome.Unknown() : new Outcome.Stale();
  }

  private static Optional<Device> lock(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM device WHERE id = ? FOR UPDATE")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(DeviceStore.device(row)) : Optional.empty();
      }
    }
  }

  private static Device change(Connection connection, Device was, Edit edit, Actor by, Instant now)
      throws SQLException {
    String name = edit.name() == null ? was.name() : edit.name();
    Map<String, String> tags = edit.tags() == null ? was.tags() : edit.tags();
    boolean enabled = edit.enabled() == null ? was.enabled() : edit.enabled();
    Change change = Change.of(by, now, "device.change", "devices/" + was.id());
    boolean named = differ(change, "name", was.name(), name);
    boolean tagged = differ(change, "tags", was.tags(), tags);
    boolean turned = differ(change, "enabled", was.enabled(), enabled);
    if (!named && !tagged && !turned) {
      return was;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            // Two changes of one moment are two versions all the same.
            "UPDATE device SET name = ?, tags = ?::jsonb, enabled = ?,"
                + " updated_at = greatest(?, updated_at + interval '1 microsecond')"
                + " WHERE key = ? RETURNING *")) {
      update.setString(1, name);
      update.setString(2, JSON.writeValueAsString(tags));
      update.setBoolean(3, enabled);
      update.setObject(4, Timestamps.of(now));
      update.setInt(5, was.key());
      try (ResultSet row = update.executeQuery()) {
        row.next();
        AuditStore.append(connection, change);
        return DeviceStore.device(row);
      }
    }
  }

  private static boolean differ(Change change, String what, Object was, Object is) {
    boolean differ = !was.equals(is);
    if (differ) {
      change.before(what, was).after(what, is);
    }
    return differ;
  }
}
