package io.mooring.bench.scenario;

import io.mooring.bench.part.Api;
import io.mooring.bench.past.Day;
import io.mooring.bench.past.PastDevices;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads through the hub's API, and checks every answer. */
final class HubReads implements Read.Reader {
  private static final double SAME = 1e-9;

  private final Api api;
  private final Day day;
  private final List<Day.Expected> buckets;

  HubReads(Api api, Day day) {
    this.api = api;
    this.day = day;
    this.buckets = day.buckets();
  }

  @Override
  public long read(Read what, PastDevices.One device) {
    String path = what.path(device, day);
    Api.Answer answer = api.get(path);
    JsonNode body = answer.body();
    switch (what) {
      case BUCKETS, SMALL_BUCKETS -> checkBuckets(path, body.path("items"));
      case LATEST -> {
        JsonNode latest = body.path("metrics").path(0);
        must(path, latest, same(latest, "value", day.last()));
      }
      case PAGE -> checkPage(path, body, 0);
      case NEXT_PAGE -> {
        String next = path + "&cursor=" + body.path("next").asString();
        answer = api.get(next);
        checkPage(next, answer.body(), Read.LIMIT);
      }
    }
    return answer.nanos();
  }

  private void checkBuckets(String path, JsonNode items) {
    must(path, items, items.size() == buckets.size());
    for (int i = 0; i < buckets.size(); i++) {
      Day.Expected wanted = buckets.get(i);
      JsonNode got = items.get(i);
      must(
          path,
          got,
          got.path("count").asInt() == wanted.count()
              && same(got, "avg", wanted.avg())
              && same(got, "min", wanted.min())
              && same(got, "max", wanted.max())
              && same(got, "last", wanted.last()));
    }
  }

  private void checkPage(String path, JsonNode body, int first) {
    JsonNode items = body.path("items");
    must(path, items, items.size() == Read.LIMIT && body.path("next").isString());
    for (int i = 0; i < Read.LIMIT; i++) {
      JsonNode got = items.get(i);
      must(
          path,
          got,
          same(got, "value", day.value(first + i))
              && Instant.parse(got.path("time").asString()).equals(day.time(first + i)));
    }
  }

  private static boolean same(JsonNode node, String name, double wanted) {
    JsonNode got = node.path(name);
    return got.isNumber() && Math.abs(got.asDouble() - wanted) <= SAME * Math.abs(wanted) + SAME;
  }

  private static void must(String path, JsonNode got, boolean right) {
    if (!right) {
      String text = got.toString();
      throw new IllegalStateException(
          "%s has a wrong answer: %s"
              .formatted(path, text.substring(0, Math.min(300, text.length()))));
    }
  }
}
