package io.mooring.hub.cli;

import io.mooring.hub.config.DataFolder;
import io.mooring.hub.config.HubConfig;
import io.mooring.hub.demo.Demo;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Run a hub with its own PostgreSQL and this machine as its first device.",
      "Data is kept: a second start finds it all again."
    })
final class DemoCommand implements Callable<Integer> {
  private final Surroundings here;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "7070",
      description = "Port to listen on (default: ${DEFAULT-VALUE}); 0 takes a free one.")
  private int port = 7070;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where everything is kept (default: the folder demo under that of the data).")
  private @Nullable Path data;

  @Option(
      names = "--ready-file",
      paramLabel = "FILE",
      description =
          "Written once everything answers: {\"url\", \"apiKey\", \"adminUser\", \"adminPassword\","
              + " \"pid\"}; removed at the end.")
  private @Nullable Path readyFile;

  DemoCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() throws Exception {
    ConfigOptions options = new ConfigOptions();
    options.data = data == null ? Path.of(DataFolder.standard(), "demo") : data;
    HubConfig config = options.config(here, port);
    if (config.database() != null) {
      throw CliException.usage(
          "The demo brings its own PostgreSQL. Unset database.url, or use: hub serve");
    }
    if (config.listen().tls() != null) {
      throw CliException.usage(
          "The demo's device and its program talk plain HTTP on this machine."
              + " Unset tls.certificate-file and tls.key-file, or use: hub serve");
    }
    Ports.mustBeUsable(config.listen());
    try (Shutdown shutdown = new Shutdown(config.shutdownTimeout().plus(ServeCommand.BESIDE_HUB));
        ReadyFile ready = ReadyFile.at(readyFile)) {
      new Demo(config, shutdown.asked(), here::say)
          .run(
              welcome -> {
                ready.write(json(welcome));
                here.out().println(text(welcome, config.data()));
                here.out().flush();
              });
    }
    return 0;
  }

  private static Map<String, Object> json(Demo.Welcome welcome) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("url", welcome.url().toString());
    json.put("apiKey", welcome.apiKey());
    json.put("adminUser", welcome.adminUser());
    json.put("adminPassword", welcome.adminPassword());
    json.put("pid", ProcessHandle.current().pid());
    return json;
  }

  static String text(Demo.Welcome welcome, Path data) {
    return """

    Mooring is running, and this machine is its first device: %2$s

      Page       %1$s
      Sign in    %3$s / %4$s
      API key    %5$s

    Send the device a command:

      curl -sS %6$s/api/v1/devices/%2$s/commands \\
        -H 'Authorization: Bearer %5$s' \\
        -H 'Content-Type: application/json' -H 'Prefer: wait=10' \\
        -d '{"name":"ping"}'

    It knows ping, set-interval, top-processes, system-info, sleep and fail.

    Data, sign-in and key are kept in %7$s (demo.json, readable only by you).
    Ctrl-C ends everything.
    """
        .formatted(
            welcome.url(),
            welcome.device(),
            welcome.adminUser(),
            welcome.adminPassword(),
            welcome.apiKey(),
            welcome.url().toString().replaceFirst("/$", ""),
            data);
  }
}
