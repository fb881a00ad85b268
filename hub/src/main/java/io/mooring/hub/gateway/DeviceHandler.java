package io.mooring.hub.gateway;

import io.mooring.hub.config.Limits;
import io.mooring.hub.session.Sessions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
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
import org.jspecify.annotations.Nullable;

/** {@code /device}: decides about a handshake before it becomes a socket. */
public final class DeviceHandler extends Handler.Wrapper {
  /** Where devices connect. */
  public static final String PATH = "/device";

  /** The sub-protocol, which carries the protocol's version. */
  public static final String SUB_PROTOCOL = "mooring.device.v1";

  /** Offered beside it by clients that cannot set headers: the token comes in Hello. */
  public static final String TOKEN_IN_HELLO = "mooring.token-in-hello";

  private static final String VERSION = "13";

  private static final String IDENTITY = DeviceHandler.class.getName() + ".identity";

  private final Handshake handshake;
  private final Sessions sessions;
  private final Limits limits;
  private final Room room;
  private final UnprovenSockets unproven;

  /**
   * @param handshake decides who the peer is
   */
  public DeviceHandler(Handshake handshake, Sessions sessions, Scheduler scheduler) {
    this.handshake = handshake;
    this.sessions = sessions;
    this.limits = sessions.config().limits();
    this.room = new Room(sessions);
    this.unproven = new UnprovenSockets(limits.sockets());
    WebSocketComponents components = new WebSocketComponents();
    components.getExtensionRegistry().register(Deflated.NAME, Deflated.class);
    WebSocketUpgradeHandler upgrade = new WebSocketUpgradeHandler(components);
    upgrade.addMapping(PATH, new Negotiator(scheduler));
    setHandler(upgrade);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean upgrade = request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
    if (!Request.getPathInContext(request).equals(PATH)) {
      if (upgrade) {
        // The page would answer 200, which no WebSocket client can make sense of.
        return refuse("elsewhere", Refusal.ELSEWHERE, response, callback);
      }
      return false;
    }
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null && !sessions.config().listen().origins().contains(origin)) {
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
    String address = Request.getRemoteAddr(request);
    Room.Full full = room.full(address);
    if (full != null) {
      return refuse(full, address, null, response, callback);
    }
    X509Certificate certificate = certificate(request);
    if (certificate == null && tokenInHello(request)) {
      if (!unproven.hasRoom(address)) {
        return refuse(UnprovenSockets.FULL, address, null, response, callback);
      }
      upgrade(request, response, callback);
      return true;
    }
    CompletableFuture<Handshake.Decision> decision =
        certificate == null
            ? handshake.decide(request.getHeaders().get(HttpHeader.AUTHORIZATION), address)
            : handshake.decideByCertificate(certificate, address);
    // Not on the thread that looked it up: the socket is read where it is opened.
    Executor here = decision.isDone() ? Runnable::run : HubConnector.selector(request);
    var _ =
        decision
            .thenAcceptAsync(made -> act(made, request, response, callback), here)
            .exceptionally(
                failure -> {
                  Response.writeError(request, response, callback, failure);
                  return null;
                });
    return true;
  }

  private void act(
      Handshake.Decision decision, Request request, Response response, Callback callback) {
    switch (decision) {
      case Handshake.Decision.Refused(Refusal refusal) -> refusal.write(response, callback);
      case Handshake.Decision.Welcome(Sessions.Identity identity) -> {
        request.setAttribute(IDENTITY, identity);
        String address = Request.getRemoteAddr(request);
        Room.Full full = room.enter(identity, address, () -> upgrade(request, response, callback));
        if (full != null) {
          refuse(full, address, identity.deviceId(), response, callback);
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

  /** By a limit: whom it hit is logged, too. */
  private boolean refuse(
      Room.Full full,
      String address,
      @Nullable String device,
      Response response,
      Callback callback) {
    full.tell(handshake, address, device);
    return refuse(full.reason(), full.refusal(), response, callback);
  }

  private static boolean offersUs(Request request) {
    return VERSION.equals(request.getHeaders().get(HttpHeader.SEC_WEBSOCKET_VERSION))
        && offers(request, SUB_PROTOCOL);
  }

  private static boolean offers(Request request, String subProtocol) {
    HttpField protocols = request.getHeaders().getField("Sec-WebSocket-Protocol");
    return protocols != null
        && request.getHeaders().getCSV("Sec-WebSocket-Protocol", false).contains(subProtocol);
  }

  /** The peer's own, where it brings no token; the hub asks for none unless it is to. */
  private static @Nullable X509Certificate certificate(Request request) {
    if (request.getHeaders().contains(HttpHeader.AUTHORIZATION)) {
      return null;
    }
    EndPoint.SslSessionData tls =
        request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData();
    X509Certificate[] chain = tls == null ? null : tls.peerCertificates();
    return chain == null || chain.length == 0 ? null : chain[0];
  }

  private static boolean tokenInHello(Request request) {
    return !request.getHeaders().contains(HttpHeader.AUTHORIZATION)
        && offers(request, TOKEN_IN_HELLO);
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
      String address = Request.getRemoteAddr(request);
      Executor selector = HubConnector.selector(request);
      if (request.getAttribute(IDENTITY) instanceof Sessions.Identity identity) {
        response.setExtensions(
            sessions.config().compression()
                ? Deflated.answer(request.getExtensions()).stream().toList()
                : List.of());
        return endpoint(identity, address, selector);
      }
      response.setExtensions(List.of());
      return new HelloTokenEndpoint(
          handshake,
          address,
          unproven,
          room,
          sessions.config().helloTimeout(),
          scheduler,
          selector,
          sessions.metrics(),
          identity -> endpoint(identity, address, selector));
    }

    private DeviceEndpoint endpoint(Sessions.Identity identity, String address, Executor selector) {
      return new DeviceEndpoint(sessions, identity, address, scheduler, selector, inflaters);
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
