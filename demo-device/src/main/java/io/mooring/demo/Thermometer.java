package io.mooring.demo;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The hottest sensor of the machine, where there is one. Sensors are looked for once. */
final class Thermometer {
  private final List<Path> sensors = new ArrayList<>();

  /**
   * @param sysClass the directory {@code /sys/class}
   */
  Thermometer(Path sysClass) {
    addSensors(sysClass.resolve("thermal"), "thermal_zone*", "temp");
    addSensors(sysClass.resolve("hwmon"), "hwmon*", "temp1_input");
  }

  private void addSensors(Path directory, String pattern, String file) {
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(directory, pattern)) {
      for (Path device : devices) {
        Path sensor = device.resolve(file);
        if (Files.isReadable(sensor)) {
          sensors.add(sensor);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // No such directory: no such sensors.
    }
  }

  OptionalDouble celsius() {
    OptionalDouble hottest = OptionalDouble.empty();
    for (Path sensor : sensors) {
      try {
        double celsius = Long.parseLong(Files.readString(sensor).strip()) / 1_000.0;
        // Sensors that are not connected report nonsense such as -273 or 65535.
        if (celsius > -60 && celsius < 200 && celsius > hottest.orElse(-100)) {
          hottest = OptionalDouble.of(celsius);
        }
      } catch (IOException | NumberFormatException e) {
        // Some sensors cannot be read while they sleep.
      }
    }
    return hottest;
  }
}
