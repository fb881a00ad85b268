package io.mooring.hub.gateway;

import io.mooring.hub.config.Limits;
import io.mooring.hub.session.SessionRegistry;
import io.mooring.hub.session.Sessions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;

/** {@code /device}: decides about a handshake before it becomes a socket. */
public final class DeviceHandler extends Handler.Wrapper {
  /** Where devices connect. */
  public static final String PATH = "/device";

  /** The sub-protocol, which carries the protocol's version. */
  public static final String SUB_PROTOCOL = "mooring.device.v1";

  private static final String VERSION = "13";

  private static final String IDENTITY = DeviceHandler.class.getName() + ".identity";

  private final Handshake handshake;
  private final Sessions sessions;
  private final Limits limits;

  /**
   * @param handshake decides who the peer is
   */
  public DeviceHandler(Handshake handshake, Sessions sessions, Scheduler scheduler) {
    this.handshake = handshake;
    this.sessions = sessions;
    this.limits = sessions.config().limits();
    WebSocketComponents components = new WebSocketComponents();
    components.getExtensionRegistry().register(Deflated.NAME, Deflated.class);
    WebSocketUpgradeHandler upgrade = new WebSocketUpgradeHandler(components);
    upgrade.addMapping(PATH, new Negotiator(scheduler));
    setHandler(upgrade);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HubConnector.asked(request);
    boolean upgrade = request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
    if (!Request.getPathInContext(request).equals(PATH)) {
      if (upgrade) {
        // The page would answer 200, which no WebSocket client can make sense of.
        return refuse("elsewhere", Refusal.ELSEWHERE, response, callback);
      }
      return false;
    }
    if (request.getHeaders().contains(HttpHeader.ORIGIN)) {
      return refuse("web-page", Refusal.FROM_A_PAGE, response, callback);
    }
    if (!upgrade || !offersUs(request)) {
      response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
      response.getHeaders().put("Sec-WebSocket-Protocol", SUB_PROTOCOL);
      response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_VERSION, VERSION);
      Refusal refusal =
          new Refusal(
              426,
              "This is a WebSocket endpoint",
              "Ask for an upgrade to websocket with Sec-WebSocket-Protocol: " + SUB_PROTOCOL);
      return refuse("no-upgrade", refusal, response, callback);
    }
    if (!isWellFormed(request)) {
      return refuse("malformed", Refusal.MALFORMED, response, callback);
    }
    if (hasNoRoom(request, response, callback)) {
      return true;
    }
    var _ =
        handshake
            .decide(
                request.getHeaders().get(HttpHeader.AUTHORIZATION), Request.getRemoteAddr(request))
            .thenAccept(decision -> act(decision, request, response, callback))
            .exceptionally(
                failure -> {
                  Response.writeError(request, response, callback, failure);
                  return null;
                });
    return true;
  }

  /** Whether it was refused for that; asked again when the token has been looked up. */
  private boolean hasNoRoom(Request request, Response response, Callback callback) {
    SessionRegistry registry = sessions.registry();
    if (registry.isDraining()) {
      return refuse("stopping", Refusal.STOPPING, response, callback);
    }
    if (registry.size() >= limits.connections()) {
      return refuse("full", Refusal.FULL, response, callback);
    }
    return registry.from(Request.getRemoteAddr(request)) >= limits.sockets().addressConnections()
        && refuse("address-full", Refusal.ADDRESS_FULL, response, callback);
  }

  private void act(
      Handshake.Decision decision, Request request, Response response, Callback callback) {
    switch (decision) {
      case Handshake.Decision.Refused(Refusal refusal) -> refusal.write(response, callback);
      case Handshake.Decision.Welcome(Sessions.Identity identity) -> {
        if (sessions.registry().socketsOf(identity.deviceKey())
            >= limits.sockets().deviceConnections()) {
          refuse("device-full", Refusal.DEVICE_FULL, response, callback);
        } else if (!hasNoRoom(request, response, callback)) {
          request.setAttribute(IDENTITY, identity);
          upgrade(request, response, callback);
        }
      }
    }
  }

  private void upgrade(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        throw new IllegalStateException("not upgraded");
      }
      // From here on the session's own deadlines hold.
      HubConnector.known(request);
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }

  /** Waits for nothing: a handshake goes on when its token has been looked up. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /** Counted, not logged: anybody may cause these, and as often as he likes. Always true. */
  private boolean refuse(String reason, Refusal refusal, Response response, Callback callback) {
    sessions.metrics().handshakesRefused.labelValues(reason).inc();
    refusal.write(response, callback);
    return true;
  }

  private static boolean offersUs(Request request) {
    HttpField protocols = request.getHeaders().getField("Sec-WebSocket-Protocol");
    return VERSION.equals(request.getHeaders().get(HttpHeader.SEC_WEBSOCKET_VERSION))
        && protocols != null
        && request.getHeaders().getCSV("Sec-WebSocket-Protocol", false).contains(SUB_PROTOCOL);
  }

  /** RFC 6455, 4.2.1: a GET whose key is 16 bytes in base64. */
  private static boolean isWellFormed(Request request) {
    String key = request.getHeaders().get(HttpHeader.SEC_WEBSOCKET_KEY);
    try {
      return request.getMethod().equals("GET")
          && key != null
          && Base64.getDecoder().decode(key.strip()).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private final class Negotiator implements WebSocketNegotiator {
    private final Scheduler scheduler;
    private final Inflaters inflaters = new Inflaters();

    Negotiator(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public FrameHandler negotiate(
        ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
      response.setAcceptedSubProtocol(SUB_PROTOCOL);
      response.setExtensions(
          sessions.config().compression()
              ? Deflated.answer(request.getExtensions()).stream().toList()
              : List.of());
      Sessions.Identity identity = (Sessions.Identity) request.getAttribute(IDENTITY);
      return new DeviceEndpoint(
          sessions, identity, Request.getRemoteAddr(request), limits, scheduler, inflaters);
    }

    @Override
    public void customize(Configuration configuration) {
      // The session's own liveness decides, by received frames.
      configuration.setIdleTimeout(Duration.ZERO);
      // A large message comes in pieces, which the endpoint counts and refuses by name.
      configuration.setAutoFragment(true);
      configuration.setMaxFrameSize(4096);
      configuration.setMaxBinaryMessageSize(
          Math.max(limits.frameBytes(), Limits.FIRST_FRAME_BYTES));
    }
  }
}
