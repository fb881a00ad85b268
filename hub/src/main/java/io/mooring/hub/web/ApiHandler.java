package io.mooring.hub.web;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Everything under {@code /api/}, which itself is a page: finds the route, checks the caller,
 * writes the answer.
 */
final class ApiHandler extends Handler.Abstract {
  /** Bytes of a refused request's body that are read to keep its connection: two of the largest. */
  private static final long MOST_DISCARDED = 8 << 20;

  /** Bytes of a download that go out at once. */
  private static final int DOWNLOAD_BUFFER = 32 * 1024;

  private final WebParts parts;
  private final Authenticator authenticator;
  private final List<Route> routes;
  private final Executor executor;
  private final Failures failures;
  private final BooleanSupplier ended;
  private final LongRequests requests;

  /** Requests that are answered later. */
  private final Map<Callback, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();

  /**
   * @param ended whether the hub takes no more requests
   */
  ApiHandler(
      WebParts parts,
      Authenticator authenticator,
      List<Route> routes,
      Executor executor,
      LongRequests requests,
      BooleanSupplier ended) {
    this.ended = ended;
    this.requests = requests;
    this.parts = parts;
    this.authenticator = authenticator;
    this.routes = routes;
    this.executor = executor;
    this.failures = new Failures(parts.node().startedAt().getEpochSecond(), parts.reachability());
  }

  /** Completes when all requests that wait have their answers. */
  CompletableFuture<Void> answered() {
    return CompletableFuture.allOf(waiting.values().toArray(CompletableFuture[]::new))
        .exceptionally(_ -> null);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    if (!path.startsWith("/api/") || path.equals("/api/")) {
      return false;
    }
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    try {
      if (ended.getAsBoolean()) {
        throw Refusal.unavailable("This hub takes no more requests; /health/ready says why.");
      }
      send(answer(request, path), request, response, callback);
    } catch (Throwable e) {
      fail(e, request, response, callback);
    }
    return true;
  }

  private Reply answer(Request request, String path) {
    String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    List<String> segments = Route.segments(path);
    List<String> allowed = new ArrayList<>();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = route.match(segments);
      if (variables.isPresent()) {
        if (route.method().equals(method)) {
          Caller caller = admit(route, request);
          Runnable admission = () -> admit(route, request);
          return route
              .endpoint()
              .answer(new Exchange(parts, request, variables.get(), caller, admission));
        }
        allowed.add(route.method());
      }
    }
    if (allowed.isEmpty()) {
      throw Refusal.notFound("There is nothing at this path. See /api/ for what there is.");
    }
    throw new Refusal(
        Problem.of(
            HttpStatus.METHOD_NOT_ALLOWED_405,
            "method-not-allowed",
            "Not this method",
            "Here it can be " + String.join(", ", allowed) + "."),
        Map.of("Allow", String.join(", ", allowed)));
  }

  /** Only a route that needs nothing is reached without a caller. */
  private @Nullable Caller admit(Route route, Request request) {
    boolean safe = route.method().equals("GET");
    if (route.need() instanceof Need.Nothing) {
      if (!safe) {
        SameSite.requireNotForeign(request);
      }
      return null;
    }
    Authenticator.Credential credential =
        Authenticator.credential(request)
            .orElseThrow(
                () ->
                    Refusal.unauthorized(
                        "Send an API key as `Authorization: Bearer mrk_…`, or sign in."));
    if (!safe && credential instanceof Authenticator.Credential.Cookie) {
      SameSite.require(request);
    }
    Caller caller = authenticator.caller(credential);
    LongRequests.admitted(request, credential);
    Acquaintance.made(request);
    Authenticator.require(route.need(), caller);
    return caller;
  }

  private void send(Reply reply, Request request, Response response, Callback callback) {
    switch (reply) {
      case Reply.Body(int status, var headers, Object body) -> {
        headers.forEach(response.getHeaders()::put);
        write(response, callback, status, "application/json", Json.bytes(body));
      }
      case Reply.Nothing(var cookies) -> {
        cookies.forEach(cookie -> response.getHeaders().add(HttpHeader.SET_COOKIE, cookie));
        response.setStatus(HttpStatus.NO_CONTENT_204);
        response.write(true, ByteBuffer.allocate(0), callback);
      }
      case Reply.Raw(String mediaType, byte[] bytes) ->
          write(response, callback, HttpStatus.OK_200, mediaType, bytes);
      case Reply.Unchanging(String mediaType, Kept document) -> {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, mediaType);
        document.write(request, response, callback);
      }
      case Reply.Later(var later) -> {
        // A waiting request is idle on purpose; it has its own, shorter end.
        request.addIdleTimeoutListener(_ -> false);
        request.addFailureListener(_ -> later.cancel(false));
        LongRequests.UnderWay underWay =
            requests.begin(request, () -> later.completeExceptionally(takenAway()));
        CompletableFuture<?> answered =
            later.whenCompleteAsync(
                (now, failure) -> finish(now, failure, request, response, callback), executor);
        waiting.put(callback, answered);
        var _ =
            answered.whenComplete(
                (_, _) -> {
                  waiting.remove(callback);
                  underWay.close();
                });
      }
      case Reply.Made(var made) -> send(made.get(), request, response, callback);
      case Reply.Download download -> download(download, request, response, callback);
      case Reply.Streaming(Reply.Start start) -> {
        request.addIdleTimeoutListener(_ -> false);
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        // Proxies that buffer would hold events back.
        response.getHeaders().put("X-Accel-Buffering", "no");
        start.on(response, callback);
      }
    }
  }

  /** One who does not read for as long as the connector's idle timeout is cut off. */
  private void download(
      Reply.Download download, Request request, Response response, Callback callback) {
    response.setStatus(HttpStatus.OK_200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, download.mediaType());
    response
        .getHeaders()
        .put(
            HttpHeader.CONTENT_DISPOSITION, "attachment; filename=\"" + download.fileName() + "\"");
    // Whoever reads must see that it is not all.
    Runnable breakOff =
        () ->
            request
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close(new IOException("the caller's rights were taken away"));
    try (LongRequests.UnderWay _ = requests.begin(request, breakOff)) {
      // Not closed when it fails: that would make a whole file of what was cut short.
      OutputStream out =
          new BufferedOutputStream(Content.Sink.asOutputStream(response), DOWNLOAD_BUFFER);
      if (!request.getMethod().equals("HEAD")) {
        download.content().to(out);
      }
      out.close();
      callback.succeeded();
    } catch (IOException e) {
      callback.failed(e);
    } catch (RuntimeException e) {
      response.getHeaders().remove(HttpHeader.CONTENT_DISPOSITION);
      throw e;
    }
  }

  private static Refusal takenAway() {
    return Refusal.unauthorized("Your rights were taken away while you waited for the answer.");
  }

  private void finish(
      @Nullable Reply reply,
      @Nullable Throwable failure,
      Request request,
      Response response,
      Callback callback) {
    try {
      if (reply != null) {
        send(reply, request, response, callback);
        return;
      }
      fail(
          failure == null ? new IllegalStateException("no reply") : failure,
          request,
          response,
          callback);
    } catch (Throwable e) {
      fail(e, request, response, callback);
    }
  }

  private void fail(Throwable failure, Request request, Response response, Callback callback) {
    String what = request.getMethod() + " " + Request.getPathInContext(request);
    Refusal refusal = failures.refusal(failure, what);
    if (response.isCommitted()) {
      callback.failed(failure);
      return;
    }
    discardBody(request);
    refusal.headers().forEach(response.getHeaders()::put);
    write(
        response,
        callback,
        refusal.problem().status(),
        Problem.MEDIA_TYPE,
        Json.bytes(refusal.problem()));
  }

  /**
   * Takes in what a refused caller still sends, as far as that is bearable. A connection closed
   * with bytes unread is reset, and the caller might never read why.
   */
  private static void discardBody(Request request) {
    // Who asks first has sent nothing yet.
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      return;
    }
    try {
      Content.Source.asInputStream(request).skip(MOST_DISCARDED);
    } catch (IOException _) {
      // The caller has gone: there is nobody to tell.
    }
  }

  private static void write(
      Response response, Callback callback, int status, String mediaType, byte[] bytes) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, mediaType);
    response.write(true, ByteBuffer.wrap(bytes), callback);
  }
}
