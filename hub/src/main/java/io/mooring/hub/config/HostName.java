package io.mooring.hub.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine's name, as far as it is fit for a node or a device. */
public final class HostName {
  private HostName() {}

  /** At most 64 of {@code A-Z a-z 0-9 . _ -}, beginning with a letter or digit. */
  public static String label() {
    return labelOf(raw());
  }

  static String labelOf(String raw) {
    String label = raw.strip().replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[._-]+", "");
    label = label.substring(0, Math.min(64, label.length())).replaceFirst("[._-]+$", "");
    return label.isEmpty() ? "this-machine" : label;
  }

  /** The kernel's answer first: it needs no name service, which can take seconds to fail. */
  private static String raw() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"));
    } catch (IOException notLinux) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (IOException nameless) {
        return "";
      }
    }
  }
}
