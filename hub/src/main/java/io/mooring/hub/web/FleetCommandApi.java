package io.mooring.hub.web;

import io.mooring.hub.audit.Actor;
import io.mooring.hub.command.Command;
import io.mooring.hub.command.Commands.Accepted;
import io.mooring.hub.config.Limits;
import io.mooring.hub.device.Device;
import io.mooring.hub.device.KnownDevice;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Commands of the whole fleet: listed, and sent to many devices in one request. */
final class FleetCommandApi {
  static final String NDJSON = "application/x-ndjson";

  /** One line of a bulk request. */
  record Line(
      @Nullable String device,
      @Nullable String name,
      @Nullable JsonNode payload,
      @Nullable String payloadBase64,
      @Nullable String contentType,
      @Nullable String ttl,
      @Nullable String idempotencyKey) {
    NewCommand command() {
      return new NewCommand(name, payload, payloadBase64, contentType, ttl);
    }
  }

  /** The outcome of a line that was not accepted. */
  record Refused(int status, @Nullable String device, Problem problem) {}

  /** A line that could be read, or why it could not. */
  private record Read(@Nullable Line line, @Nullable Refused refused) {}

  Reply list(Exchange exchange) {
    exchange.onlyQuery("limit", "cursor", "device", "state", "name", "job", "from", "to");
    CommandPages.Page page = CommandPages.read(exchange, deviceKey(exchange));
    Set<Integer> keys = new HashSet<>();
    page.commands().forEach(command -> keys.add(command.deviceKey()));
    Map<Integer, KnownDevice> devices = exchange.parts().devices().byKeys(keys);
    List<CommandView> views = new ArrayList<>(page.commands().size());
    for (Command command : page.commands()) {
      KnownDevice device = devices.get(command.deviceKey());
      if (device != null) { // else it was deleted a moment ago
        views.add(CommandView.of(command, device, exchange));
      }
    }
    return Reply.ok(new DeviceApi.Page<>(views, page.next()));
  }

  private static @Nullable Integer deviceKey(Exchange exchange) {
    String id = exchange.query("device");
    if (id == null) {
      return null;
    }
    Integer key = exchange.parts().devices().keysOf(List.of(id)).get(id);
    if (key == null) {
      throw Refusal.notFound("No device has the id " + id + ".");
    }
    return key;
  }

  /** Each line is accepted or refused on its own; those accepted are committed together. */
  Reply send(Exchange exchange) {
    exchange.onlyQuery();
    Limits limits = exchange.parts().limits();
    List<Read> lines = lines(exchange.body(NDJSON, limits.bulkBytes()), limits.bulkCommands());
    Set<String> ids = new HashSet<>();
    for (Read read : lines) {
      if (read.line() != null && read.line().device() != null) {
        ids.add(read.line().device());
      }
    }
    ids.removeIf(id -> !Device.ID.matcher(id).matches());
    Map<String, Integer> keys = exchange.parts().devices().keysOf(ids);
    Instant now = exchange.now();
    Actor caller = exchange.actor();
    List<@Nullable Refused> refused = new ArrayList<>(lines.size());
    List<Command.Request> requests = new ArrayList<>(lines.size());
    for (Read read : lines) {
      Line line = read.line();
      if (line == null) {
        refused.add(read.refused());
        continue;
      }
      try {
        requests.add(request(line, keys, limits, now, caller));
        refused.add(null);
      } catch (Refusal e) {
        refused.add(refused(line, e));
      }
    }
    if (requests.isEmpty()) {
      return new Reply.Raw(NDJSON, answer(lines, refused, List.of()));
    }
    return new Reply.Later(
        CommandReplies.inTime(exchange.parts().commands().acceptAll(requests))
            .thenApply(
                accepted ->
                    new Reply.Made(() -> new Reply.Raw(NDJSON, answer(lines, refused, accepted)))));
  }

  private static List<Read> lines(byte[] body, int most) {
    List<Read> lines = new ArrayList<>();
    int from = 0;
    while (from < body.length) {
      int to = from;
      while (to < body.length && body[to] != '\n') {
        to++;
      }
      if (lines.size() == most) {
        throw new Refusal(
            Problem.of(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                "too-large",
                "The request has too many lines",
                "A bulk request holds at most %d commands.".formatted(most)));
      }
      lines.add(line(body, from, to));
      from = to + 1;
    }
    if (lines.isEmpty()) {
      throw Refusal.of("", "Needed: one command as JSON a line.");
    }
    return lines;
  }

  private static Read line(byte[] body, int from, int to) {
    try {
      return new Read(Json.body(body, from, to - from, Line.class), null);
    } catch (Refusal e) {
      return new Read(null, refused(null, e));
    }
  }

  private static Command.Request request(
      Line line, Map<String, Integer> keys, Limits limits, Instant now, Actor caller) {
    String device = line.device();
    if (device == null) {
      throw Refusal.of("/device", "Needed: the device's id.");
    }
    Integer deviceKey = keys.get(device);
    if (deviceKey == null) {
      throw Refusal.notFound("No device has this id.");
    }
    String key = NewCommand.key("/idempotencyKey", line.idempotencyKey());
    return line.command().request(deviceKey, limits, now, caller, key);
  }

  private static Refused refused(@Nullable Line line, Refusal why) {
    return new Refused(why.problem().status(), line == null ? null : line.device(), why.problem());
  }

  private static byte[] answer(
      List<Read> lines, List<@Nullable Refused> refused, List<Accepted> accepted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(lines.size() * 100);
    int next = 0;
    for (int i = 0; i < lines.size(); i++) {
      Refused no = refused.get(i);
      Line line = lines.get(i).line();
      if (no == null && line != null) {
        Accepted outcome = accepted.get(next++);
        if (outcome instanceof Accepted.Durable(Command command, boolean repeated)) {
          out.writeBytes(durable(line, command, repeated));
        } else {
          no = refused(line, CommandReplies.refusal(outcome));
        }
      }
      if (no != null) {
        out.writeBytes(Json.bytes(no));
      }
      out.write('\n');
    }
    return out.toByteArray();
  }

  /** Put together by hand, as there are many: a device's id needs no escapes. */
  private static byte[] durable(Line line, Command command, boolean repeated) {
    String text =
        "{\"status\":202,\"device\":\""
            + line.device()
            + "\",\"id\":\""
            + command.id()
            + (repeated ? "\",\"repeated\":true}" : "\"}");
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
