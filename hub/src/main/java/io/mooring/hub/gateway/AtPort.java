package io.mooring.hub.gateway;

import java.util.Set;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets a handler see only what came in at one port, or asks for a path; the rest is left to others.
 */
public final class AtPort extends Handler.Wrapper {
  private final Connector port;
  private final Set<String> paths;

  /**
   * @param paths that are answered at every port
   */
  public AtPort(Connector port, Set<String> paths, Handler handler) {
    super(handler);
    this.port = port;
    this.paths = paths;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean ours =
        request.getConnectionMetaData().getConnector().equals(port)
            || paths.contains(Request.getPathInContext(request));
    return ours && super.handle(request, response, callback);
  }
}
