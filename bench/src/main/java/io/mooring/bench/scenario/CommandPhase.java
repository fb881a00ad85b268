package io.mooring.bench.scenario;

import io.mooring.bench.report.Console;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import java.util.function.BiConsumer;
import org.HdrHistogram.Histogram;

/** What is measured of commands, of the hub and of its floor alike. */
enum CommandPhase {
  ONE_CLIENT("1 client", "round trip", "oneClientPerSecond", "roundTrip", 0.5),
  // The throughput that counts is that of many clients, the time that of one.
  MANY_CLIENTS("32 clients", "round trip", "roundTripPerSecond", "busyRoundTrip", 1),
  /** As {@link #ONE_CLIENT}, asked at the node that does not have the devices. */
  ONE_CLIENT_ACROSS(
      "1 client at the other node", "round trip", "acrossPerSecond", "acrossRoundTrip", 0.5),
  MANY_CLIENTS_ACROSS(
      "32 clients at the other node",
      "round trip",
      "acrossRoundTripPerSecond",
      "acrossBusyRoundTrip",
      1),
  OFFLINE("offline", "accepted", "acceptPerSecond", "accept", 0.5),
  BULK("offline, 1 000 a request", "accepted", "bulkAcceptPerSecond", "bulkAccept", 0.5);

  private static final double MS = 1e6;

  private final String text;
  private final String what;
  private final String rateKey;
  private final String timesKey;
  private final double share;

  CommandPhase(String text, String what, String rateKey, String timesKey, double share) {
    this.text = text;
    this.what = what;
    this.rateKey = rateKey;
    this.timesKey = timesKey;
    this.share = share;
  }

  String text() {
    return text;
  }

  int seconds(Run run) {
    return run.seconds(share);
  }

  Figure p50() {
    return Figure.cost(timesKey + "P50Ms", "%s p50, ms, %s".formatted(what, text));
  }

  private Figure p99() {
    return Figure.cost(timesKey + "P99Ms", "%s p99, ms, %s".formatted(what, text));
  }

  private Figure rate() {
    return Figure.rate(rateKey, "%s/s, %s".formatted(what, text));
  }

  static double p50Ms(Histogram times) {
    return times.getValueAtPercentile(50) / MS;
  }

  /**
   * Takes the figures down.
   *
   * @param times of requests, in nanoseconds
   */
  void add(BiConsumer<Figure, Double> side, double perSecond, Histogram times) {
    side.accept(rate(), perSecond);
    side.accept(p50(), p50Ms(times));
    side.accept(p99(), times.getValueAtPercentile(99) / MS);
  }

  static void tell(Histogram times, Console console) {
    console.say(
        "    from request to answer: p50 %s ms, p99 %s ms, longest %s ms"
            .formatted(
                Numbers.of(p50Ms(times)),
                Numbers.of(times.getValueAtPercentile(99) / MS),
                Numbers.of(times.getMaxValue() / MS)));
  }
}
