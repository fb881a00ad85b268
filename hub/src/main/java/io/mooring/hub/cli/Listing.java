package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One of the hub's lists, fetched page by page: a table for people, or a line of JSON each. */
final class Listing {
  private static final int PAGE = 1_000;

  private final String list;
  private final StringBuilder filters = new StringBuilder();
  private int most = Integer.MAX_VALUE;

  /**
   * A list without filters.
   *
   * @param list such as {@code /api/v1/devices}
   */
  Listing(String list) {
    this.list = list;
  }

  /** Only those that this parameter lets through; null: all. */
  Listing with(String parameter, @Nullable String value) {
    if (value != null) {
      filters.append('&').append(parameter).append('=').append(HubClient.escape(value));
    }
    return this;
  }

  Listing with(String parameter, List<String> values) {
    values.forEach(value -> with(parameter, value));
    return this;
  }

  /** No more than the first so many. */
  Listing most(int number) {
    if (number < 1) {
      throw CliException.usage("--limit: " + number + " is out of range; allowed: 1 and more");
    }
    most = number;
    return this;
  }

  /**
   * Prints it.
   *
   * @return the last page, for what stands beside its items
   */
  JsonNode print(
      Surroundings here, HubOptions hub, List<String> head, Function<JsonNode, List<String>> row) {
    List<JsonNode> items = new ArrayList<>();
    JsonNode page;
    String cursor = "";
    try (HubClient client = hub.client(here)) {
      do {
        String path = list + "?limit=" + Math.min(PAGE, most - items.size()) + filters;
        page = client.get(cursor.isEmpty() ? path : path + "&cursor=" + HubClient.escape(cursor));
        page.path("items").forEach(items::add);
        cursor = page.path("next").asString("");
      } while (!cursor.isEmpty() && items.size() < most);
    }
    if (hub.json) {
      items.forEach(item -> here.out().println(item.toString()));
    } else {
      Table.print(here.out(), head, items.stream().map(row).toList());
    }
    if (!cursor.isEmpty()) {
      here.say("There are more than these " + items.size() + ": --limit N shows N.");
    }
    return page;
  }
}
