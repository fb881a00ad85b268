package io.mooring.bench.floor;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** A Jetty that answers every request with an empty 200: the floor of a start. */
public final class BareHttp {
  private BareHttp() {}

  /** Serves on 127.0.0.1, at the port that is its only argument, until it is killed. */
  public static void main(String... arguments) {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[0]));
    server.addConnector(connector);
    server.setHandler(new Ok());
    LifeCycle.start(server);
  }

  /** Answers everything with 200. */
  static final class Ok extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      callback.succeeded();
      return true;
    }
  }
}
