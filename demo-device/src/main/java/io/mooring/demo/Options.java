package io.mooring.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the program was told.
 *
 * @param token never from the command line, where every user of the machine could read it
 * @param tokenFile where it is, so that the hub can give the device another; null: it is fixed
 * @param exitWithStdin end when standard input ends, so that a parent's death is noticed
 */
record Options(URI hub, String token, @Nullable Path tokenFile, boolean exitWithStdin) {
  static final String USAGE =
      """
      usage: DemoDevice --hub ws://HOST:PORT --token-file FILE [--exit-with-stdin]

        --hub ADDRESS       the hub, ws:// or wss://; else the environment's MOORING_HUB
        --token-file FILE   holds the device token; else the environment's MOORING_TOKEN
        --exit-with-stdin   end when standard input is closed
      """;

  static Options parse(List<String> args, Map<String, String> environment) throws UsageException {
    String hub = environment.get("MOORING_HUB");
    String tokenFile = null;
    boolean exitWithStdin = false;
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String arg = rest.next();
      switch (arg) {
        case "--hub" -> hub = value(arg, rest);
        case "--token-file" -> tokenFile = value(arg, rest);
        case "--exit-with-stdin" -> exitWithStdin = true;
        default -> throw new UsageException("unknown argument " + arg);
      }
    }
    if (hub == null || hub.isBlank()) {
      throw new UsageException("say where the hub is: --hub, or MOORING_HUB");
    }
    Path file = tokenFile == null ? null : Path.of(tokenFile);
    return new Options(address(hub), token(tokenFile, environment), file, exitWithStdin);
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.next();
  }

  private static URI address(String hub) throws UsageException {
    try {
      return URI.create(hub);
    } catch (IllegalArgumentException e) {
      throw new UsageException("'" + hub + "' is no address; it looks like ws://127.0.0.1:7070");
    }
  }

  private static String token(@Nullable String file, Map<String, String> environment)
      throws UsageException {
    String token = environment.get("MOORING_TOKEN");
    if (file != null) {
      try {
        token = Files.readString(Path.of(file));
      } catch (IOException | InvalidPathException e) {
        throw new UsageException("cannot read the token file " + file + ": " + e);
      }
    }
    if (token == null || token.isBlank()) {
      throw new UsageException("give the device token: --token-file, or MOORING_TOKEN");
    }
    return token.strip();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "Options[" + hub + "]";
  }

  /** The program was started wrongly; the message says how to mend it. */
  static final class UsageException extends Exception {
    UsageException(String message) {
      super(message);
    }
  }
}
