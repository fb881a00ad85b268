package io.mooring.hub.web;

import io.mooring.hub.command.Command;
import io.mooring.hub.command.CommandState;
import io.mooring.hub.command.Commands;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lists of commands: their filters and cursors. */
final class CommandPages {
  /**
   * Some commands, newest first.
   *
   * @param next the cursor of the page after; null: this is the last
   */
  record Page(List<Command> commands, @Nullable String next) {}

  private CommandPages() {}

  /**
   * Reads the page that the query asks for.
   *
   * @param deviceKey only this device's; null: all devices'
   */
  static Page read(Exchange exchange, @Nullable Integer deviceKey) {
    int limit = exchange.limit();
    Commands.Filter filter =
        new Commands.Filter(
            deviceKey,
            Text.oneOf(
                "?state",
                exchange.query("state"),
                List.of(CommandState.values()),
                CommandState::text),
            exchange.query("name"),
            job(exchange.query("job")),
            Text.instant("?from", exchange.query("from")),
            Text.instant("?to", exchange.query("to")));
    List<Command> found =
        exchange.parts().commands().list(filter, before(exchange.query("cursor")), limit + 1);
    List<Command> page = found.subList(0, Math.min(limit, found.size()));
    return new Page(page, found.size() > limit ? cursorAt(page.getLast().id()) : null);
  }

  private static @Nullable UUID job(@Nullable String text) {
    return text == null
        ? null
        : Text.uuid(text).orElseThrow(() -> Refusal.of("?job", "Must be a job's id, a UUID."));
  }

  static String cursorAt(UUID last) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .putLong(last.getMostSignificantBits())
            .putLong(last.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static @Nullable UUID before(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.remaining() == 16) {
        return new UUID(bytes.getLong(), bytes.getLong());
      }
    } catch (IllegalArgumentException _) {
      // refused below
    }
    throw Refusal.of("?cursor", "Not a cursor of this list. Use `next` of the page before.");
  }
}
