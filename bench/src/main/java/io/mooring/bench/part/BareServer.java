package io.mooring.bench.part;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A program of the floor, in a JVM with the hub's flags. */
public final class BareServer implements Server {
  private final Port port;
  private final Program program;
  private final double readyMs;

  private BareServer(Port port, Program program) {
    this.port = port;
    this.program = program;
    this.readyMs = (port.awaitOk("/", program) - program.startedAt()) / 1e6;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param main takes the port as its argument and answers {@code GET /} with 200
   * @param alike a running hub, whose flags it gets
   */
  public static BareServer start(Workplace place, Class<?> main, Hub alike) {
    return start(place, main, alike.flags());
  }

  /** The same with flags that were asked for before. */
  public static BareServer start(Workplace place, Class<?> main, List<String> flags) {
    Port port = Port.free();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), main.getName(), Integer.toString(port.number())));
    return new BareServer(port, Program.start(place, "bare", new ProcessBuilder(command)));
  }

  /** Flags of a hub for later, when it no longer runs. */
  public static List<String> flagsOf(Hub hub) {
    return hub.flags();
  }

  /** Only what a bare Jetty needs: a longer class path would slow its start. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(BareServer::isNeeded)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isNeeded(String entry) {
    String name = Path.of(entry).getFileName().toString();
    // "classes" are this module's own where no jar has been made yet.
    return name.matches("(jetty|slf4j-api|bench).*[.]jar|classes");
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

  @Override
  public void close() {
    program.close();
  }
}
