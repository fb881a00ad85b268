package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What one test plays on: a folder for all output, the processes it starts, and its seed. When the
 * test has failed the end of every output is shown; in any case everything is killed.
 */
public final class Stage implements BeforeEachCallback, AfterEachCallback {
  private static final int TAIL = 60;

  private final List<Child> children = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();
  private final Set<String> secrets = new LinkedHashSet<>();
  private @Nullable World world;
  private @Nullable Path folder;
  private String name = "";
  private long seed;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    world = World.of(context);
    name =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    String chosen = System.getProperty("e2e.seed", "");
    seed = chosen.isBlank() ? new Random().nextInt(1_000_000) : Long.parseLong(chosen);
    Path made = Path.of(System.getProperty("e2e.logs", "target/logs")).resolve(name);
    if (Files.exists(made)) {
      try (Stream<Path> old = Files.walk(made)) {
        // What lies in a folder comes before the folder.
        for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(made);
    folder = made.toAbsolutePath();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      if (context.getExecutionException().isPresent()) {
        showTails();
      }
    } finally {
      kept.reversed().forEach(Kept::close);
      children.reversed().forEach(world()::end);
    }
    output().forEach(this::mustTellNoSecret);
  }

  /** Whatever a test is about: no process of the hub's may have written what opens a door. */
  private void mustTellNoSecret(Path file, String text) {
    for (String secret : secrets) {
      if (text.contains(recognizable(secret))) {
        throw new AssertionError(file + " tells a secret: look for " + recognizable(secret));
      }
    }
  }

  /** The part of a token or a key that is secret, and enough of it to be no accident. */
  public static String recognizable(String secret) {
    String bare = secret.substring(secret.lastIndexOf('_') + 1);
    return bare.substring(0, Math.min(20, bare.length()));
  }

  private void showTails() {
    System.err.println(name + " failed; -De2e.seed=" + seed + " repeats its choices");
    List<Path> logs = new ArrayList<>(logs());
    logs.add(world().postgres().log());
    for (Path log : logs) {
      List<String> lines = read(log).lines().toList();
      System.err.println("---- the end of " + log);
      lines.subList(Math.max(0, lines.size() - TAIL), lines.size()).forEach(System.err::println);
    }
  }

  private World world() {
    if (world == null) {
      throw new IllegalStateException("no test has begun");
    }
    return world;
  }

  /** Where the output of this test goes. */
  public Path folder() {
    if (folder == null) {
      throw new IllegalStateException("no test has begun");
    }
    return folder;
  }

  /** Chance for this test; says its seed, so that it can be repeated. */
  public Random random() {
    System.err.println(name + ": -De2e.seed=" + seed);
    return new Random(seed);
  }

  public Postgres postgres() {
    return world().postgres();
  }

  String key() {
    return world().key();
  }

  public Installation installation() {
    return world().installation();
  }

  /** A folder for data, outside the repository and reachable for other users. */
  public Path dataFolder(String called) {
    return world().dir().resolve(name + "-" + called);
  }

  /** A running hub on a database of its own; {@code more} are settings as variables. */
  public Hub hub(Map<String, String> more) {
    Hub hub = new Hub(this, "hub", database(), more);
    hub.awaitReady();
    return hub;
  }

  /** Makes the database of this test. */
  Database database() {
    return postgres().create(name.replace('.', '_').toLowerCase(Locale.ROOT));
  }

  /** A nats-server that asks for this. */
  public NatsServer nats(NatsServer.Guard guard) {
    return new NatsServer(this, guard);
  }

  /**
   * So many running hubs on a database of this test's, with a lease of two seconds; {@code more}
   * are settings of all of them.
   */
  public Cluster cluster(int nodes, NatsServer nats, Map<String, String> more) {
    return keep(new Cluster(this, nodes, nats, more));
  }

  /** Something that ends with the test, before its processes do. */
  @FunctionalInterface
  public interface Kept extends AutoCloseable {
    @Override
    void close();
  }

  /** Ends this when the test has ended. */
  public <T extends Kept> T keep(T something) {
    kept.add(something);
    return something;
  }

  /** Starts {@code bin/hub} with these variables. */
  public Child hub(String called, Map<String, String> variables, String... arguments) {
    return keep(called, installation().hub(variables, arguments));
  }

  /** Starts a program of this module, whose main class it is. */
  public Child program(
      String called, Class<?> main, Map<String, String> variables, String... arguments) {
    return keep(called, installation().program(main, variables, arguments));
  }

  /** Starts any other program. */
  public Child other(String called, ProcessBuilder builder) {
    return keep(called, builder);
  }

  private Child keep(String called, ProcessBuilder builder) {
    Child child = Child.start(called, builder, folder().resolve(called + ".log"));
    children.add(child);
    world().keep(child);
    return child;
  }

  /** Waits for the file that says that everything answers. */
  public void awaitReady(Child hub, Path file) {
    Hub.awaitReady(hub, file);
  }

  /** Runs {@code bin/hub} to its end. */
  public Installation.Outcome cli(
      String called, Map<String, String> variables, String... arguments) {
    return Installation.run(
        installation().hub(variables, arguments),
        folder().resolve(called + ".out"),
        folder().resolve(called + ".err"));
  }

  /** Remembers what must not show up in any log. */
  public String secret(String text) {
    secrets.add(text);
    return text;
  }

  /** What must not show up in any log. */
  public Set<String> secrets() {
    return secrets;
  }

  /** What long-running processes printed, PostgreSQL included. */
  public Map<Path, String> output() {
    Map<Path, String> output = new LinkedHashMap<>();
    logs().forEach(log -> output.put(log, read(log)));
    output.put(postgres().log(), read(postgres().log()));
    return output;
  }

  private List<Path> logs() {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
