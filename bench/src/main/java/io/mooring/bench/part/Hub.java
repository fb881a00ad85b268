package io.mooring.bench.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A hub, started by {@code bin/hub serve} on a PostgreSQL. */
public final class Hub implements Server {
  private final Port port;
  private final Program program;
  private final double readyMs;

  private Hub(Port port, Program program) {
    this.port = port;
    this.program = program;
    this.readyMs = (port.awaitOk("/health/ready", program) - program.startedAt()) / 1e6;
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param script {@code bin/hub}, with nothing left to build
   * @param settings as variables; all others are the hub's defaults
   */
  public static Hub start(
      Workplace place, Path script, Postgres postgres, Map<String, String> settings) {
    return start(place, script, postgres, Port.free(), settings);
  }

  /** Starts one at the address of another one that has ended. */
  public static Hub startAgain(Workplace place, Path script, Postgres postgres, Hub before) {
    return startAgain(place, script, postgres, before, Map.of());
  }

  /** The same with other settings than the usual ones. */
  public static Hub startAgain(
      Workplace place, Path script, Postgres postgres, Hub before, Map<String, String> settings) {
    return start(place, script, postgres, before.port, settings);
  }

  private static Hub start(
      Workplace place, Path script, Postgres postgres, Port port, Map<String, String> settings) {
    ProcessBuilder builder =
        new ProcessBuilder(script.toString(), "serve", "--port", Integer.toString(port.number()));
    Map<String, String> env = builder.environment();
    // Settings of whoever runs the benchmark must not reach the hub; flags may, to try them.
    env.keySet().removeIf(name -> name.startsWith("MOORING_") && !name.equals("MOORING_JAVA_OPTS"));
    env.put("MOORING_JAVA_HOME", System.getProperty("java.home"));
    env.putAll(postgres.variables());
    // The generator does not come back when it is refused: what is measured is how fast it can be.
    env.put("MOORING_LIMITS_HANDSHAKES", "0");
    env.putAll(settings);
    String log = settings.getOrDefault("MOORING_NODE_NAME", "hub");
    return new Hub(port, Program.start(place, log, builder));
  }

  /** Waits until it is connected to NATS, which it does not wait for itself. */
  void awaitNats() {
    long _ = port.await("NATS behind the hub", () -> metric("mooring_nats_up") == 1, program);
  }

  /** The sum of one of its metrics over all labels. */
  public double metric(String name) {
    try {
      return port.get("/metrics")
          .lines()
          .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The flags its JVM was started with. */
  List<String> flags() {
    return new Jvm(pid()).flags();
  }

  @Override
  public InetSocketAddress address() {
    return port.address();
  }

  @Override
  public long pid() {
    return program.pid();
  }

  @Override
  public double readyMs() {
    return readyMs;
  }

  /** Ends it at once (SIGKILL), with no chance to do anything. */
  public void kill() {
    program.kill();
  }

  @Override
  public void close() {
    program.close();
  }
}
