package io.mooring.hub.cli;

import io.mooring.hub.config.Listen;
import io.mooring.hub.tls.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at port and certificate before anything slow is started. */
final class Ports {
  private Ports() {}

  static void mustBeUsable(Listen listen) {
    mustHaveCertificate(listen);
    mustBeFree(listen.devices(), "--port N; --port 0");
    if (listen.operators() != null) {
      mustBeFree(listen.operators(), "operator.port; 0");
    }
  }

  /** Nothing is checked where TLS is off. */
  static void mustHaveCertificate(Listen listen) {
    Listen.Tls files = listen.tls();
    if (files != null) {
      var _ = TlsFiles.read(files);
    }
  }

  private static void mustBeFree(Listen.Address at, String by) {
    if (at.port() == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(at.host(), at.port()));
    } catch (IOException e) {
      throw new CliException(
          "Port %d of %s cannot be used: %s. Choose another with %s takes a free one."
              .formatted(at.port(), at.host(), e.getMessage(), by));
    }
  }
}
