package io.mooring.hub.cli;

import io.mooring.hub.client.HubClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that talks to a running hub. */
final class HubOptions {
  private static final String URL = "http://127.0.0.1:7070";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The hub (default: MOORING_URL, else " + URL + ").")
  @Nullable String url;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File that holds the API key (default: the variable MOORING_KEY).")
  @Nullable Path keyFile;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The API key itself; other users see it in the list of processes.")
  @Nullable String key;

  @Option(names = "--json", description = "Print the hub's answer as JSON.")
  boolean json;

  HubClient client(Surroundings here) {
    return new HubClient(uri(here), key(here));
  }

  private URI uri(Surroundings here) {
    String given = url == null ? here.env().getOrDefault("MOORING_URL", URL) : url;
    URI uri;
    try {
      uri = URI.create(given);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("--url: " + e.getMessage());
    }
    if (uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
      throw CliException.usage("--url: " + given + " is no http:// or https:// address of a hub");
    }
    return uri;
  }

  /** True when the caller named a hub or a key: then the database is left alone. */
  boolean given(Surroundings here) {
    return url != null
        || key != null
        || keyFile != null
        || here.env().containsKey("MOORING_URL")
        || here.env().containsKey("MOORING_KEY");
  }

  private String key(Surroundings here) {
    String found = key == null ? here.env().get("MOORING_KEY") : key;
    if (keyFile != null) {
      try {
        found = Files.readString(keyFile).strip();
      } catch (IOException e) {
        throw CliException.usage("--key-file: cannot be read: " + e.getMessage());
      }
    }
    if (found == null || found.isBlank()) {
      throw CliException.usage(
          "An API key is needed: --key-file FILE, or the variable MOORING_KEY."
              + " The first one is made, while no hub runs on DIR, with:"
              + " hub key create --name ops --scope admin --data DIR"
              + "; hub demo prints one when it is ready.");
    }
    return found;
  }
}
