package io.mooring.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A load balancer from Debian with a configuration of {@code deploy/}, in which nothing is changed
 * but addresses and time-outs.
 */
public final class Proxy {
  /** Above the heartbeat interval of {@link Cluster}, and short enough to pass in a test. */
  public static final Duration IDLE = Duration.ofSeconds(3);

  private final Stage stage;
  private final int port = Hub.freePort();
  private final Cluster cluster;

  private Proxy(Stage stage, Cluster cluster) {
    this.stage = stage;
    this.cluster = cluster;
  }

  /** Starts HAProxy. */
  public static Proxy haproxy(Stage stage, Cluster cluster, String configuration) {
    Proxy proxy = new Proxy(stage, cluster);
    Path file = proxy.configure(configuration, "");
    stage.other(
        configuration,
        new ProcessBuilder(Installation.daemon("haproxy"), "-W", "-f", file.toString()));
    return proxy;
  }

  /** Starts nginx. */
  public static Proxy nginx(Stage stage, Cluster cluster, String configuration) {
    Proxy proxy = new Proxy(stage, cluster);
    StringBuilder folders = new StringBuilder();
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      folders.append("    %1$s_temp_path nginx-%1$s;%n".formatted(kind));
    }
    Path file = proxy.configure(configuration, folders.toString());
    stage.other(
        configuration,
        new ProcessBuilder(
            Installation.daemon("nginx"),
            "-p",
            stage.folder().toString(),
            "-c",
            file.toString(),
            "-g",
            "daemon off; pid nginx.pid;"));
    return proxy;
  }

  private Path configure(String name, String more) {
    try {
      StringBuilder lines = new StringBuilder();
      for (String line :
          Files.readAllLines(stage.installation().root().resolve("deploy").resolve(name))) {
        lines.append(here(line)).append('\n');
        if (line.strip().equals("http {")) {
          lines.append(more);
        }
      }
      return Files.writeString(stage.folder().resolve(name), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String here(String line) {
    String changed = line.replace("75s", IDLE.toSeconds() + "s");
    for (int i = cluster.nodes().size(); i >= 1; i--) {
      int hub = cluster.node(i - 1).hub().port();
      changed = changed.replace("hub-" + i + ":7070", "127.0.0.1:" + hub);
    }
    if (changed.contains(":7070") && changed.contains("server")) {
      return ""; // one hub more than there are
    }
    return changed
        .replace("bind :7070", "bind 127.0.0.1:" + port)
        .replace("listen 7070;", "listen 127.0.0.1:" + port + ";");
  }

  public int port() {
    return port;
  }

  /** The API through it. */
  public Api api() {
    return cluster.node(0).hub().api(port);
  }

  /** The feed through it. */
  public Feed feed(String query) {
    return cluster.node(0).hub().feed(() -> URI.create("http://127.0.0.1:" + port), query);
  }
}
