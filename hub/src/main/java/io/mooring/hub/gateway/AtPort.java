package io.mooring.hub.gateway;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Lets a handler see only what came in at one port; the rest is left to others. */
public final class AtPort extends Handler.Wrapper {
  private final Connector port;

  public AtPort(Connector port, Handler handler) {
    super(handler);
    this.port = port;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return request.getConnectionMetaData().getConnector().equals(port)
        && super.handle(request, response, callback);
  }
}
