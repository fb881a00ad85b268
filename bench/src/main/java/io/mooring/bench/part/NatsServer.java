package io.mooring.bench.part;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@code nats-server} of this machine, by which hubs hear of each other; it stores nothing. */
final class NatsServer implements AutoCloseable {
  /** Where packages put it; not on everybody's PATH. */
  private static final List<Path> DAEMONS =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"));

  private final Port port;
  private final Program program;

  private NatsServer(Port port, Program program) {
    this.port = port;
    this.program = program;
    port.awaitOpen(program);
  }

  /** The program; empty: it is not installed. */
  static Optional<Path> find(@Nullable String path) {
    return Stream.concat(
            Stream.of((path == null ? "" : path).split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of),
            DAEMONS.stream())
        .map(folder -> folder.resolve("nats-server"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts one and waits until it takes connections. */
  static NatsServer start(Workplace place) {
    Path found =
        find(System.getenv("PATH"))
            .orElseThrow(() -> new IllegalStateException("there is no nats-server"));
    Port port = Port.free();
    String number = Integer.toString(port.number());
    ProcessBuilder builder =
        new ProcessBuilder(found.toString(), "--addr", "127.0.0.1", "--port", number);
    return new NatsServer(port, Program.start(place, "nats-server", builder));
  }

  String url() {
    return "nats://127.0.0.1:" + port.number();
  }

  long pid() {
    return program.pid();
  }

  @Override
  public void close() {
    program.close();
  }
}
