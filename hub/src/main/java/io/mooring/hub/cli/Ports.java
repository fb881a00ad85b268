package io.mooring.hub.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at the port before anything slow is started. */
final class Ports {
  private Ports() {}

  static void mustBeFree(String host, int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw new CliException(
          "Port %d of %s cannot be used: %s. Choose another with --port N; --port 0 takes a free one."
              .formatted(port, host, e.getMessage()));
    }
  }
}
