package io.mooring.bench.scenario;

import io.mooring.bench.load.Fleet;
import io.mooring.bench.load.Shape;
import io.mooring.bench.part.Hub;
import io.mooring.bench.part.Registry;
import io.mooring.bench.report.Figure;
import io.mooring.bench.report.Numbers;
import io.mooring.bench.report.Result;
import java.time.Duration;
import java.util.Map;

/** All devices come back after an ordered restart, each at the moment that the hub gave it. */
final class StormDrain implements Scenario {
  private static final int DEVICES = 15_000;
  private static final int HANDSHAKES = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Map<String, String> SETTINGS =
      Map.of("MOORING_LIMITS_HANDSHAKES", Integer.toString(HANDSHAKES));

  private static final Figure PEAK =
      Figure.cost("peakHandshakesPerSecond", "most handshakes within a second");
  private static final Figure P99 = Figure.cost("backP99Ms", "ms until a device is back, p99");

  @Override
  public String name() {
    return "storm-drain";
  }

  @Override
  public String about() {
    return "15 000 devices return after an ordered restart, at most 1 000 handshakes/s; no floor";
  }

  @Override
  public int usualRounds() {
    return 1;
  }

  @Override
  public Result measure(Run run) {
    int devices = run.devices(DEVICES);
    Result result = run.result(devices, P99);
    Hub hub = run.startHub(SETTINGS);
    try (Fleet fleet =
        new Fleet(Registry.register(run.postgres(), devices), new Shape(1, 3), true)) {
      fleet.comeBack();
      fleet.connect(hub.address());
      fleet.awaitOpen(PATIENCE);
      for (int round = 1; round <= run.rounds(); round++) {
        fleet.comeBack();
        hub.close();
        Hub restarted = run.startHubAgain(hub, SETTINGS);
        hub = restarted;
        AdmissionRate rate =
            new AdmissionRate(() -> restarted.metric("mooring_handshakes_admitted_total"));
        fleet.await(
            PATIENCE,
            () -> {
              rate.sample();
              return fleet.tally().open() == devices;
            });
        Fleet.Comeback back = fleet.comeback();
        run.console()
            .say(
                "round %d: %d of %d devices back; at most %d handshakes/s of %d; p50 %s ms, p99 %s ms"
                    .formatted(
                        round,
                        back.devices(),
                        devices,
                        Math.round(rate.peakPerSecond()),
                        HANDSHAKES,
                        Numbers.of(back.p50Ms()),
                        Numbers.of(back.p99Ms())));
        if (back.devices() < devices || rate.peakPerSecond() > HANDSHAKES) {
          throw new IllegalStateException("devices are missing, or the setting was exceeded");
        }
        result.hub(PEAK, rate.peakPerSecond());
        result.hub(P99, back.p99Ms());
      }
    }
    hub.close();
    return result;
  }
}
