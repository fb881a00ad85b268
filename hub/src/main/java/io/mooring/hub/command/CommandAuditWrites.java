package io.mooring.hub.command;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.audit.AuditStore;
import io.mooring.hub.audit.Change;
import io.mooring.hub.event.Event;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log says of commands: an entry for each request. Payloads stay out of it, as they
 * may hold secrets.
 */
final class CommandAuditWrites {
  private CommandAuditWrites() {}

  /** Of a request for one command, which is appended with it; null: its job's entry tells of it. */
  static @Nullable Change accepted(CommandAccept.Entry entry) {
    return entry.request.by() == null ? null : sent(entry, Map.of());
  }

  /** Appends what was asked for and is new; a request that was repeated changes nothing. */
  static void accepted(
      Connection connection, List<CommandAccept> accepts, List<Event.Durable> events)
      throws SQLException {
    Map<UUID, String> devices = devices(events);
    List<Change> changes = new ArrayList<>(accepts.size());
    for (CommandAccept accept : accepts) {
      List<CommandAccept.Entry> made =
          accept.entries.stream().filter(e -> e.inserted && e.request.by() != null).toList();
      if (made.size() == 1) {
        changes.add(sent(made.getFirst(), devices));
      } else if (!made.isEmpty()) {
        changes.add(sentMany(made, devices));
      }
    }
    AuditStore.append(connection, changes);
  }

  private static Change sent(CommandAccept.Entry entry, Map<UUID, String> devices) {
    Command.Request request = entry.request;
    String action = request.retryOf() == null ? "command.send" : "command.retry";
    return Change.of(by(entry), entry.at, action, target(entry.id, devices))
        .after("name", request.name())
        .after("payloadBytes", request.payload().length)
        .after("expiresAt", request.expiresAt())
        .after("retryOf", request.retryOf());
  }

  private static Actor by(CommandAccept.Entry entry) {
    return Objects.requireNonNull(entry.request.by());
  }

  private static Change sentMany(List<CommandAccept.Entry> entries, Map<UUID, String> devices) {
    CommandAccept.Entry first = entries.getFirst();
    Set<String> to = new TreeSet<>();
    Set<String> names = new TreeSet<>();
    for (CommandAccept.Entry entry : entries) {
      names.add(entry.request.name());
      String device = devices.get(entry.id);
      if (device != null) {
        to.add(device);
      }
    }
    return Change.of(by(first), first.at, "command.send-many", "commands")
        .after("commands", entries.size())
        .after("names", names)
        // All of them: the log outlives the commands, and the request itself is bounded.
        .after("devices", to)
        .after("deviceCount", to.size())
        .after("first", first.id)
        .after("last", entries.getLast().id);
  }

  /** Appends what callers took back, where it was not too late. */
  static void cancelled(
      Connection connection, List<CommandChange> asked, List<Event.Durable> events)
      throws SQLException {
    if (asked.stream().allMatch(change -> change.by == null)) {
      return; // most are the devices' own
    }
    Map<UUID, String> devices = devices(events);
    List<Change> changes = new ArrayList<>();
    for (CommandChange change : asked) {
      Actor by = change.by;
      if (change.applied && by != null) {
        changes.add(Change.of(by, change.at, "command.cancel", target(change.id, devices)));
      }
    }
    AuditStore.append(connection, changes);
  }

  private static String target(UUID id, Map<UUID, String> devices) {
    @Nullable String device = devices.get(id);
    return device == null
        ? "commands/" + id // the device was deleted a moment ago
        : "devices/%s/commands/%s".formatted(device, id);
  }

  private static Map<UUID, String> devices(List<Event.Durable> events) {
    Map<UUID, String> devices = HashMap.newHashMap(events.size());
    for (Event.Durable event : events) {
      if (event instanceof Event.CommandChange change) {
        devices.put(change.command(), change.device());
      }
    }
    return devices;
  }
}
