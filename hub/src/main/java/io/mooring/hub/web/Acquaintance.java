package io.mooring.hub.web;

import io.mooring.hub.admission.Strangers;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Who has shown a credential is no stranger any more, and keeps his connection. */
final class Acquaintance {
  private Acquaintance() {}

  static void made(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    if (endPoint instanceof Strangers.Socket socket) {
      socket.known();
    }
  }
}
