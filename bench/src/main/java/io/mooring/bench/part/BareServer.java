package io.mooring.bench.part;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A program of the floor, in a JVM with the hub's flags. */
public final class BareServer implements Server {
  private static final String JETTY = "jetty|slf4j-api|bench";

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
    return start(place, main, flags, JETTY, Map.of());
  }

  /** One that also reads the database, which it finds in the hub's own variables. */
  public static BareServer start(Workplace place, Class<?> main, Hub alike, Postgres postgres) {
    String jars = JETTY + "|hub|protocol|protobuf|postgresql";
    return start(place, main, alike.flags(), jars, postgres.variables());
  }

  private static BareServer start(
      Workplace place,
      Class<?> main,
      List<String> flags,
      String jars,
      Map<String, String> variables) {
    Port port = Port.free();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("-cp", classPath(jars), main.getName(), Integer.toString(port.number())));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables);
    return new BareServer(port, Program.start(place, "bare", builder));
  }

  /** Flags of a hub for later, when it no longer runs. */
  public static List<String> flagsOf(Hub hub) {
    return hub.flags();
  }

  /** Only what a bare Jetty needs: a longer class path would slow its start. */
  private static String classPath(String jars) {
    // "classes" are this module's own where no jar has been made yet.
    Pattern needed = Pattern.compile("(" + jars + ").*[.]jar|classes");
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> needed.matcher(Path.of(entry).getFileName().toString()).matches())
        .collect(Collectors.joining(File.pathSeparator));
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
