package io.mooring.hub.cli;

import io.mooring.hub.config.ConfigSource;
import io.mooring.hub.config.HubConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that needs the hub's settings. */
final class ConfigOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings, a .properties file; also MOORING_CONFIG.")
  @Nullable Path file;

  @Option(names = "--data", paramLabel = "DIR", description = "Sets data.dir.")
  @Nullable Path data;

  HubConfig config(Surroundings here, @Nullable Integer port) {
    Map<String, String> options = new HashMap<>();
    if (data != null) {
      options.put("data.dir", data.toString());
    }
    if (port != null) {
      options.put("listen.port", port.toString());
    }
    Path from = file;
    String named = here.env().get("MOORING_CONFIG");
    if (from == null && named != null && !named.isBlank()) {
      from = Path.of(named);
    }
    return ConfigSource.load(from, here.env(), options);
  }
}
