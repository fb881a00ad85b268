package io.mooring.e2e.chaos;

import io.mooring.e2e.device.WitnessDevice;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.Stage;
import java.nio.file.Path;

/** A device that keeps a testimony, its store, its line to the hub and its process. */
final class Witness implements AutoCloseable {
  private final String id;
  private final Stage stage;
  private final String token;
  private final Line line;
  private final Kept process;
  private final boolean forgets;
  private int starts;

  Witness(Stage stage, Hub hub, String id, Planted planted) {
    this.id = id;
    this.stage = stage;
    this.token = hub.device(id);
    this.line = new Line(hub, planted::tamper);
    this.forgets = planted.forgetsStores();
    Child first = start();
    this.process = new Kept(id, first, this::start, () -> false);
    first.await("state CONNECTED.*", 1);
  }

  private Child start() {
    starts++;
    return stage.program(
        id,
        WitnessDevice.class,
        Hub.deviceVariables(line, token),
        store().toString(),
        testimony().toString());
  }

  String id() {
    return id;
  }

  Line line() {
    return line;
  }

  Kept process() {
    return process;
  }

  /** Where the SDK keeps its journal. */
  Path store() {
    return stage.dataFolder(id).resolve(forgets ? "store-" + starts : "store");
  }

  /** What its handlers have written down. */
  Path testimony() {
    return stage.folder().resolve(id + ".testimony");
  }

  @Override
  public void close() {
    line.close();
  }
}
