package io.mooring.hub.cli;

import io.mooring.hub.config.HubConfig;
import io.mooring.hub.config.SettingInForce;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "check-config",
    description = {
      "Show the settings in force and where each came from, or every problem with them.",
      "Reads the files for TLS; connects to nothing. Exit code 2 when there is a problem."
    })
final class CheckConfigCommand implements Callable<Integer> {
  private final Surroundings here;
  @Mixin private final ConfigOptions options = new ConfigOptions();

  CheckConfigCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    List<List<String>> rows = new ArrayList<>();
    HubConfig config = options.config(here, null);
    Ports.mustHaveCertificate(config.listen());
    for (SettingInForce setting : config.settings()) {
      rows.add(List.of(setting.key(), setting.value(), setting.origin()));
    }
    Table.print(here.out(), List.of("SETTING", "VALUE", "FROM"), rows);
    return 0;
  }
}
