package io.mooring.e2e.chaos;

import io.mooring.e2e.device.WitnessDevice;
import io.mooring.e2e.device.Work;
import io.mooring.e2e.harness.Child;
import io.mooring.e2e.harness.Hub;
import io.mooring.e2e.harness.Line;
import io.mooring.e2e.harness.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A device that keeps a testimony, its store, its line to the hubs and its process. */
final class Witness implements AutoCloseable {
  private final String id;
  private final Stage stage;
  private final String token;
  private final Line line;
  private final Kept process;
  private final boolean forgets;
  private int starts;

  Witness(Stage stage, Hubs hubs, String id, Planted planted) {
    this.id = id;
    this.stage = stage;
    this.token = hubs.first().device(id);
    this.line = new Line(hubs::port, planted::tamper);
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

  /** Whether it has begun something that it must not do twice, as far as it has written down. */
  boolean isAtWork() {
    try (Stream<String> lines = Files.lines(testimony(), StandardCharsets.US_ASCII)) {
      String last = lines.reduce("", (_, line) -> line);
      return last.startsWith("begin ") && !last.contains(Work.REPEAT.command());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    line.close();
  }
}
