package io.mooring.hub.cli;

import io.mooring.hub.ops.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Print the versions of the hub and of Java.")
final class VersionCommand implements Callable<Integer> {
  private final Surroundings here;

  VersionCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    here.out().printf("mooring %s (Java %s)%n", Version.text(), Runtime.version());
    return 0;
  }
}
